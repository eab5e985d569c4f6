/** An element with properties and children; text is text, never markup. */
export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (key in made && key !== 'role') made[key] = value; else made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

export const byId = (id) => document.getElementById(id);

export function initials(name) {
  const words = name.split(/\s+/).filter((word) => /^\p{L}/u.test(word));
  return [...(words.length > 1 ? words[0][0] + words.at(-1)[0] : [...name].slice(0, 1).join(''))].join('').toUpperCase();
}

/** One of eight quiet colours, always the same for the same text. */
export function hue(text) {
  let sum = 0;
  for (const character of text) sum = (sum * 31 + character.codePointAt(0)) % 360;
  return Math.round(sum / 45) * 45;
}
