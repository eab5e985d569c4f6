// A pretend Azure CLI: keeps a small Azure and directory in the file that PRETEND_AZ names, and writes every call down there.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

const file = process.env.PRETEND_AZ;
const world = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
world.calls ??= [];
world.apps ??= [];
world.principals ??= [{ id: 'graph-sp', appId: '00000003-0000-0000-c000-000000000000' }];
world.grants ??= [];
world.assignments ??= [];
world.roles ??= ['Owner'];
world.providers ??= ['Microsoft.Web', 'Microsoft.Storage'];
world.subscriptions ??= [{ id: '11111111-1111-1111-1111-111111111111', name: 'Firm', tenantId: '22222222-2222-2222-2222-222222222222', isDefault: true }];

const args = process.argv.slice(2);
const value = (name) => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined);
const content = (name) => value(name)?.startsWith('@') ? JSON.parse(readFileSync(value(name).slice(1), 'utf8')) : undefined;
const body = content('--body'), parameters = content('--parameters')?.parameters;
world.calls.push({ args, ...(body && { body }), ...(parameters && { parameters }), ...(value('--src') && { zip: readFileSync(value('--src')).length }) });

const save = () => writeFileSync(file, JSON.stringify(world));
const answer = (it) => { save(); if (it !== undefined) console.log(JSON.stringify(it)); process.exit(0); };
const refuse = (why) => { save(); console.error(`ERROR: ${why}`); process.exit(1); };
const list = (...them) => answer({ value: them.flat() });

const command = args.slice(0, args.findIndex((arg) => arg.startsWith('--'))).join(' ');
if (world.refuse && args.join(' ').includes(world.refuse.on)) refuse(world.refuse.why);
const plain = {
  'account list': () => answer(world.subscriptions),
  'ad signed-in-user show': () => answer({ id: 'user-1', mail: 'owner@contoso.example', userPrincipalName: 'owner@contoso.example' }),
  'role assignment list': () => answer(args.includes('--role') ? [] : world.roles.map((roleDefinitionName) => ({ roleDefinitionName }))),
  'resource list': () => answer(world.deployed ? ['identity-1'] : []),
  'role assignment create': () => answer({}),
  'group list': () => answer(world.group ? [world.group] : []),
  'group delete': () => { delete world.group; delete world.deployed; answer(); },
  'provider list': () => answer(world.providers),
  'provider register': () => { world.providers.push(value('--namespace')); answer(); },
  'deployment sub what-if': () => answer({
    status: 'Succeeded',
    changes: [
      { resourceId: '/subscriptions/1/resourceGroups/x', changeType: JSON.stringify(world.deployed) === JSON.stringify(parameters) ? 'NoChange' : 'Create' },
      { resourceId: '/subscriptions/1/resourceGroups/x/providers/y', changeType: 'Ignore' },
    ],
  }),
  'deployment sub create': () => {
    world.deployed = parameters;
    world.group = {
      name: parameters.name.value, location: parameters.location.value,
      tags: { product: 'outlook-crm', 'outlook-crm-since': parameters.budgetStart.value, ...(parameters.publishedPackage.value && { 'outlook-crm-package': parameters.publishedPackage.value }) },
    };
    answer({ properties: { outputs: { principalId: { value: 'identity-1' } } } });
  },
  'deployment sub show': () => answer({ properties: { outputs: { principalId: { value: 'identity-1' } } } }),
  'functionapp deployment source config-zip': () => answer(),
  'tag update': () => {
    const [name, tag] = value('--tags').split('=');
    world.group.tags[name] = tag;
    world.deployed.publishedPackage.value = tag;
    answer({});
  },
};
if (command !== 'rest') (plain[command] ?? (() => refuse(`'${command}' is misspelled or not recognized by the system.`)))();

const path = value('--url').replace('https://graph.microsoft.com/v1.0/', '');
const call = `${value('--method')} ${path}`;
const id = () => `id-${world.calls.length}`;
const [, sp] = /^(?:GET|POST|DELETE) servicePrincipals\/([^/]+)\//.exec(call) ?? [];
if (call.startsWith('GET applications?')) list(world.apps.filter((app) => path.endsWith(`'${app.uniqueName}'`)));
if (call.startsWith('PATCH applications(uniqueName=')) {
  world.apps.push({ id: id(), appId: '33333333-3333-3333-3333-333333333333', uniqueName: /'(.*)'/.exec(path)[1], identifierUris: [], ...body });
  answer();
}
if (call.startsWith('PATCH applications/')) { Object.assign(world.apps.find((app) => path.endsWith(app.id)), body); answer(); }
if (call.startsWith('DELETE applications/')) { world.apps = world.apps.filter((app) => !path.endsWith(app.id)); answer(); }
if (call.startsWith("GET servicePrincipals?")) list(world.principals.filter((one) => path.endsWith(`'${one.appId}'`)));
if (call === 'POST servicePrincipals') { world.principals.push({ id: 'app-sp', appId: body.appId }); answer({}); }
if (call.startsWith('GET servicePrincipals(appId=')) {
  answer({ id: 'graph-sp', appRoles: ['Mail.Read', 'Mail.ReadWrite', 'Mail.Send', 'Calendars.ReadWrite', 'Domain.Read.All', 'Tasks.ReadWrite.All'].map((role) => ({ id: `role of ${role}`, value: role })) });
}
if (call.startsWith('GET oauth2PermissionGrants?')) list(world.grants);
if (call === 'POST oauth2PermissionGrants') { world.grants.push({ id: id(), ...body }); answer({}); }
if (call === `GET servicePrincipals/${sp}/appRoleAssignments`) list(world.assignments.filter((one) => one.principalId === sp));
if (call === `GET servicePrincipals/${sp}/appRoleAssignedTo`) list(world.assignments.filter((one) => one.resourceId === sp));
if (call.startsWith('POST servicePrincipals/')) { world.assignments.push({ id: id(), ...body }); answer({}); }
if (call.startsWith('DELETE servicePrincipals/')) { world.assignments = world.assignments.filter((one) => !path.endsWith(one.id)); answer(); }
refuse(`Not Found({"error":{"code":"Request_ResourceNotFound","message":"${call}"}})`);
