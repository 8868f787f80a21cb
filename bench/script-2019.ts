/** A script in the 2019 dialect as people loaded their collections by: data, things, arrow functions, variables and comments, mixed. */

const PARTS: readonly string[] = [
  `/* --- house {n} --- */
house{n} = {
  name: 'House {n}',
  floors: [
    {number: 0, rooms: [{name: 'hall', size: 12.5}, {name: 'kitchen', size: 18.0}]},
    {number: 1, rooms: [{name: 'study', size: 9.75}, {name: 'attic', size: 0x20}]},
  ],
  tags: ['old', 'stone', "owner's"],
  built: 19{n},
};
house{n}.floors[0].rooms.push({name: 'cellar', size: 30.5});
`,
  `$rooms{n} = house{n}.floors.map(floor => floor.rooms.map(room => room.name));
$large{n} = house{n}.floors[0].rooms.filter(room => (room.size > 15));
(house{n}.built < 1950) ? house{n}.tags.push('listed') : nil;
$first{n} = $large{n}.find(room => room.name.startswith('k'));
try($first{n}.name.upper(), 'none', 'INDEX_ERROR');
`,
  `/* What is asked of a lamp, and how it answers;
   the numbers are those of its maker. */
lamp{n} = {id: {n}, watts: (40 + {n}), is_on: false, colour: 'ff{n}', range: [0, 100, 255]};
lamp{n}.is_on = true;
lamp{n}.watts += (lamp{n}.range[1] * 0.5);
lamp{n}.half = (((lamp{n}.watts // 2) + 1) % 60);
set('lamp{n}', lamp{n}.colour.lower());
rename('lamp{n}', 'light{n}');
(light{n}.watts > 60 && !light{n}.is_on) ? light{n}.is_on = true : light{n}.last = now();
`,
  `$count{n} = 0;
$names{n} = ['anna', 'bea', 'carl'];
$names{n}.map(name, i => $count{n} += (i * name.len()));
counts{n} = [$count{n}, $names{n}.len(), (-1 * $count{n}), 2.5, inf];
words{n} = $names{n}.filter(name => name.test(/^[a-c].*\\/?$/i)).map(name => (name.upper() + '-' + str({n})));
words{n}.splice(1, 1, 'x{n}', 'y{n}');
del('counts{n}');
label{n} = ('words: ' + str(words{n}.len()) + ' of ' + str($names{n}.len()));
sorter{n} = a, b => (a.size - b.size);
[house{n}.name, label{n}, isarray(words{n}), (hasprop('house{n}') || islist(words{n}))];
`,
];

/** A script of at least so many lines. */
export function longScript2019(lines: number): string {
  let text = '';
  for (let n = 0; text.split('\n').length <= lines; n++) for (const part of PARTS) text += part.replaceAll('{n}', String(n));
  return text;
}
