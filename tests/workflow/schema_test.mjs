// usage: node schema_test.mjs SCHEMA CORPUS
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import Ajv from 'ajv';
import YAML from 'yaml';

const [schemaPath, corpus] = process.argv.slice(2);
const schema = JSON.parse(readFileSync(schemaPath, 'utf8'));
const problems = [];

// An editor has something to say about every key.
const resolve = (node) => (node.$ref ? schema.definitions[node.$ref.split('/').pop()] : node);
const walk = (node, path) => {
  if (typeof node !== 'object' || node === null) return;
  if (node.$ref && !resolve(node)) problems.push(`${path}: ${node.$ref} leads nowhere`);
  for (const [key, value] of Object.entries(node.properties ?? {})) {
    const described = value.description ?? resolve(value)?.description;
    const isCondition = path.endsWith('/if');
    if (!described && !isCondition) problems.push(`${path}: the key ${key} has no description`);
  }
  for (const [key, value] of Object.entries(node)) walk(value, `${path}/${key}`);
};
walk(schema, '');

const validate = new Ajv({allErrors: true, allowUnionTypes: true, strictTuples: false, strictTypes: false, strictRequired: false})
  .compile(schema);
let files = 0;
for (const [folder, expected] of [['good', true], ['bad-meaning', true], ['bad-shape', false]]) {
  for (const name of readdirSync(join(corpus, folder)).filter((each) => each.endsWith('.yml')).sort()) {
    ++files;
    // As the parser reads: YAML 1.2, doubled keys left to it.
    const document = YAML.parseDocument(readFileSync(join(corpus, folder, name), 'utf8'), {version: '1.2', uniqueKeys: false});
    if (document.errors.length > 0) {
      problems.push(`${folder}/${name}: not YAML: ${document.errors[0].message}`);
      continue;
    }
    const accepted = validate(document.toJS());
    if (accepted === expected) continue;
    const why = accepted ? 'accepts it' : `refuses it:\n  ${validate.errors.map((e) => `${e.instancePath} ${e.message}`).join('\n  ')}`;
    problems.push(`${folder}/${name}: the schema ${why}`);
  }
}
if (files < 60) problems.push(`only ${files} files in ${corpus}: at least 60 are promised`);
for (const problem of problems) console.error(problem);
console.log(`${files} files held against the schema, ${problems.length} problems`);
process.exit(problems.length > 0 ? 1 : 0);
