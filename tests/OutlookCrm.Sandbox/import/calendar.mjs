import ICAL from 'ical.js';

const MAX_OCCURRENCES = 1_200; // of one series: daily fits
const MAX_STEPS = 20_000; // a series that began long ago is walked from its beginning

/** The events of a calendar file, series expanded within the span; several if the file holds several calendars. */
export function readCalendar(bytes, span) {
  ICAL.TimezoneService.reset();
  const parsed = ICAL.parse(decode(bytes));
  const calendars = (Array.isArray(parsed[0]) ? parsed : [parsed]).map((jcal) => new ICAL.Component(jcal))
    .flatMap((component) => component.name === 'vcalendar' ? [component] : component.getAllSubcomponents('vcalendar'));
  const lines = [];
  for (const calendar of calendars) {
    // A zone may stand after the events that name it.
    calendar.getAllSubcomponents('vtimezone').forEach((zone) => ICAL.TimezoneService.register(zone));
    const components = calendar.getAllSubcomponents('vevent');
    const exceptions = group(components.filter(isException));
    for (const component of components.filter((one) => !isException(one))) {
      lines.push(...guarded(component, () => expand(component, exceptions.get(uidOf(component)) ?? [], span)));
    }
    // A single changed occurrence whose series is in some other file.
    const masters = new Set(components.filter((one) => !isException(one)).map(uidOf));
    for (const component of components.filter((one) => isException(one) && !masters.has(uidOf(one)))) {
      lines.push(...guarded(component, () => [describe(new ICAL.Event(component), component)]));
    }
  }
  if (lines.length === 0) throw new Error('there is no event in this calendar');
  return lines;
}

/** One bad event costs itself, not the calendar. */
function guarded(component, read) {
  try {
    return read();
  } catch (error) {
    return [{ error: `event ${uidOf(component) ?? '(no UID)'}: ${error.message.split('\n')[0]}` }];
  }
}

function expand(component, exceptions, span) {
  if (!component.getFirstProperty('dtstart')) throw new Error('it has no start');
  const event = new ICAL.Event(component, { exceptions, strictExceptions: true });
  if (!event.isRecurring()) return [describe(event, component)];

  const first = { ...describe(event, component), series: 'master', frequency: component.getFirstPropertyValue('rrule')?.freq ?? 'DAILY' };
  const within = [], earliest = [];
  const steps = event.iterator();
  for (let step = 0, next = steps.next(); next && step < MAX_STEPS && within.length < MAX_OCCURRENCES; step++, next = steps.next()) {
    const at = next.toJSDate();
    if (at > span.to) break;
    const kept = at >= span.from ? within : earliest;
    if (kept === within || earliest.length < 50) kept.push(next.clone());
  }

  // A series that ended before the span still shows that it was there.
  return [first, ...(within.length > 0 ? within : earliest).map((occurrence) => {
    const { item, startDate, endDate } = event.getOccurrenceDetails(occurrence);
    return {
      ...describe(item, item.component, startDate, endDate), uid: first.uid, series: 'occurrence',
      planned: moment(occurrence, component.getFirstProperty('dtstart')), isException: item !== event,
    };
  })];
}

function describe(event, component, start = event.startDate, end = event.endDate) {
  const text = (name) => String(component.getFirstPropertyValue(name) ?? '');
  return {
    kind: 'event',
    uid: event.uid ?? `${text('summary')}-${start}@import.invalid`,
    subject: text('summary'),
    location: text('location'),
    text: text('description'),
    isPrivate: /^(private|confidential)$/i.test(text('class')),
    isCancelled: /^cancelled$/i.test(text('status')),
    organizer: person(component.getFirstProperty('organizer')),
    attendees: component.getAllProperties('attendee').map((property) => {
      const answer = property.getParameter('partstat');
      return { ...person(property), answer: answer ? String(answer).toLowerCase() : 'none', isOptional: property.getParameter('role') === 'OPT-PARTICIPANT' };
    }).filter((attendee) => attendee.address),
    allDay: start.isDate,
    start: moment(start, component.getFirstProperty('dtstart')),
    end: moment(end ?? start, component.getFirstProperty('dtend') ?? component.getFirstProperty('dtstart')),
  };
}

function person(property) {
  if (!property) return null;
  const value = String(property.getFirstValue() ?? '');
  const address = value.replace(/^mailto:/i, '').trim();
  return address.includes('@') ? { name: String(property.getParameter('cn') ?? ''), address } : null;
}

/** An instant where the file defines the zone, else wall-clock time and the zone's name for somebody who knows it. */
function moment(time, property) {
  const zone = property?.getParameter('tzid') ?? null;
  const known = time.zone && time.zone !== ICAL.Timezone.localTimezone;
  return time.isDate ? { local: time.toString().slice(0, 10), zone: null }
    : known ? { utc: time.toJSDate().toISOString(), zone }
      : { local: time.toString().slice(0, 19), zone };
}

const isException = (component) => component.hasProperty('recurrence-id');
const uidOf = (component) => component.getFirstPropertyValue('uid');

function group(components) {
  const groups = new Map();
  for (const component of components) groups.set(uidOf(component), [...(groups.get(uidOf(component)) ?? []), component]);
  return groups;
}

/** UTF-8, or what programs wrote before it. */
function decode(bytes) {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}
