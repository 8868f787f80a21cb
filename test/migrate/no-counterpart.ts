/** Steps of the acceptance cases whose migrated text gives something else, and why. */
export interface NoCounterpart {
  readonly reason: string;
  /** Their codes. */
  readonly steps: readonly string[];
}

export const NO_COUNTERPART: ReadonlyMap<string, NoCounterpart> = new Map([
  [
    'equality',
    { reason: 'arrays are equal by what is in them', steps: ["(1 == 1.0); (1 == true); (1 == 'a'); ('a' != 'b'); ([] == []);"] },
  ],
  [
    'assignment gives nil, also nested',
    { reason: 'a thing cannot be assigned to while another assignment to it runs', steps: ['a = (b = 3);', 'a; b;'] },
  ],
  ['property of a non thing', { reason: 'a property of what has none is another error', steps: ['a.b;'] }],
  ['array mixing rules', { reason: 'arrays may mix things with others', steps: ['[{}, 1];', '[1, {}];', '[{}, []];', '[[{}]];'] }],
  ['empty array converts to either kind', { reason: 'arrays may mix things with others', steps: ['e.push({});', 'f.push(1);'] }],
  ['blob by index', { reason: 'there are no blobs: a missing variable is another error than a missing argument', steps: ['blob();'] }],
  ['blob stored as attribute', { reason: 'there are no attributes: properties take their place', steps: ["hasprop('logo');"] }],
  ['del property', { reason: 'an invalid name is reported as a missing one', steps: ["del('8ball');"] }],
  ['del on things', { reason: 'things that are not stored may be changed', steps: ["{a: 1}.del('a');"] }],
  ['find', { reason: 'things have no `find`', steps: ["{a: 1, b: 'z'}.find(k, v => (k == 'b'));"] }],
  ['arrow with side effect cannot be assigned', { reason: 'closures that change something may be stored', steps: ['g = x => a = 1;'] }],
  [
    'get and set attributes',
    { reason: 'there are no attributes: properties take their place', steps: ["set('k', [1, 2]); get('k', 'none'); get('k',);", 'k;'] },
  ],
  [
    'attribute values are for results only',
    { reason: 'there are no attributes: properties take their place', steps: ["get('k').upper();", "y = get('k');", "(get('k') == 'v');"] },
  ],
  [
    'settable types',
    {
      reason: 'there are no attributes: properties take their place',
      steps: ["set('n', nil);", "set('t', {});", "set('r', /a/);", "set('f', x => x);"],
    },
  ],
  ['set errors', { reason: 'there are no attributes: properties take their place', steps: ["set('8x', 1);", "{}.set('a', 1);"] }],
  ['get errors', { reason: 'there are no attributes: properties take their place', steps: ["get('8x');"] }],
  [
    'unset',
    { reason: 'there are no attributes: properties take their place', steps: ["t.unset('never');", "t.unset('8x');", "{}.unset('k');"] },
  ],
  ['int more', { reason: 'the argument may be left out', steps: ['int();'] }],
  [
    'islist',
    {
      reason: 'arrays of things are lists',
      steps: [
        "islist( [] ); islist( {} ); islist( [1, 'two', 3.0] ); islist( [{some: 'array'}, {with: 'things'}] ); islist( [['nested', 'therefore this is a tuple']][0] );",
      ],
    },
  ],
  ['isnan', { reason: 'what is no number is not a number', steps: ['isnan(nil);', "isnan('1');"] }],
  ['push gives the array', { reason: 'arrays may mix things with others', steps: ['p.push([{}]);'] }],
  ['ret', { reason: 'there is no function `ret`', steps: ['ret(1);'] }],
  [
    'rename',
    {
      reason: 'names are not checked, and things that are not stored may be changed',
      steps: ["rename('8x', 'q');", "rename('b', '8x');", "{q: 1}.rename('q', 'r');"],
    },
  ],
  ['str', { reason: 'arrays and things have no text', steps: ['str([1]); str({}); str(/a/i);'] }],
  ['test', { reason: 'the regular expression is the receiver', steps: ["'a'.test('a');", "'a'.test();", '5.test(/a/);'] }],
  ['thing errors', { reason: 'the argument may be left out, and other values become things', steps: ['thing();'] }],
  [
    'try more',
    {
      reason: 'errors that are not known are left out',
      steps: ["try((1/0), 0, 'NO_SUCH');", 'try((1/0), 0, 55);', 'try((1/0), 0, true);'],
    },
  ],
  ['collection info', { reason: 'what is told has other keys', steps: ["collection('stuff');"] }],
  ['collections', { reason: 'what is told has other keys', steps: ['collections();'] }],
  ['users', { reason: 'what is told has other keys', steps: ['users();'] }],
  [
    'new_user errors',
    {
      reason: 'names of users may be anything, passwords may have blanks',
      steps: ["new_user('8x', 'x');", "new_user('bob', 'a b');", "new_user('bob');", "new_user('bob', 1);"],
    },
  ],
  ['rename_user and del_user', { reason: 'names of users may be anything', steps: ["rename_user('rob', '8x');", "del_user('rob');"] }],
  ['set_password', { reason: 'passwords may have blanks', steps: ["set_password('eve', 'a b');"] }],
  [
    'grant and revoke masks',
    { reason: 'masks have other numbers, and are told otherwise', steps: ["user('ann');", 'READ; MODIFY; WATCH; GRANT; FULL;'] },
  ],
  [
    'set_quota',
    {
      reason: 'there are no quotas to set',
      steps: [
        "set_quota('stuff', 'things', 10000); set_quota('stuff', 'properties', nil);",
        "collection('stuff');",
        "set_quota('stuff', 'things', 'x');",
        "set_quota('stuff', 5, 1);",
        "set_quota('stuff', 'things');",
      ],
    },
  ],
  [
    'quota properties',
    { reason: 'there are no quotas to set', steps: ["set_quota('stuff', 'properties', 2);", 'c = 3;', '{x: 1, y: 2, z: 3};'] },
  ],
  [
    'quota array_size',
    { reason: 'there are no quotas to set', steps: ["set_quota('stuff', 'array_size', 3);", '[1, 2, 3, 4];', 'l = [1, 2]; l.push(3, 4);'] },
  ],
  [
    'quota raw_size',
    {
      reason: 'there are no quotas to set',
      steps: ["set_quota('stuff', 'raw_size', 40);", 'blob(0);', "'yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy';"],
    },
  ],
  [
    'quota things',
    { reason: 'there are no quotas to set', steps: ["set_quota('stuff', 'things', 3);", 't3 = {};', "set_quota('stuff', 'things', nil);"] },
  ],
  ['counters', { reason: 'what is told has other keys', steps: ['counters();'] }],
  [
    'node settings',
    {
      reason: 'there are no zones; what is told has other keys',
      steps: ['set_zone(3);', 'node();', "set_zone('x');", 'set_zone();', 'set_zone(0);'],
    },
  ],
  ['set_zone range and DEBUG', { reason: 'there are no zones', steps: ['set_zone(256);', 'set_zone(-1);'] }],
  ['pop_node on the only node', { reason: 'a node is removed by its id', steps: ['pop_node();'] }],
  [
    'root is not a collection',
    {
      reason: 'the scope @thingsdb knows the whole language',
      steps: ['[];', '{};', 'x = 1;', 'x => x;', "'a'.upper();", "'a'[0];", 'now();'],
    },
  ],
  ['unknown targets', { reason: 'an unknown scope is another error', steps: ['1;'] }],
]);
