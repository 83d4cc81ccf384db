// The parts of a bundle, as SPDX 2.3 (spdx.github.io/spdx-spec/v2.3) and their licenses: Debian's packages, and those of npm that
// are compiled in. The same parts give the same bytes.
//
//   node sbom.mjs SOURCE PACKAGES OUT      PACKAGES: lines of name, source, source's version, version, architecture
import {createHash} from 'node:crypto';
import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';

const [source, packages, out] = process.argv.slice(2);

const debian = readFileSync(packages, 'utf8').trim().split('\n').map((line) => {
  const [name, from, , version, architecture] = line.split('\t');
  return {
    name,
    version,
    license: 'NOASSERTION', // Debian's copyright file, which stands beside, says it part by part
    purl: `pkg:deb/debian/${name}@${encodeURIComponent(version)}?arch=${architecture}&distro=debian-12`,
    comment: `built from Debian's source package ${from}`,
  };
});

const npm = ['src/syntax', 'src/report/html'].flatMap((folder) => {
  const lock = JSON.parse(readFileSync(join(source, folder, 'package-lock.json'), 'utf8'));
  return Object.entries(lock.packages)
    .filter(([path, entry]) => path !== '' && !entry.dev && !entry.optional)
    .map(([path, entry]) => {
      const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
      return {
        name,
        version: entry.version,
        license: entry.license ?? 'NOASSERTION',
        purl: `pkg:npm/${name.replace('@', '%40')}@${entry.version}`,
        comment: `compiled in, or used to build; pinned by ${folder}/package-lock.json`,
      };
    });
});

const version = /project\(fleet VERSION (\S+)/.exec(readFileSync(join(source, 'CMakeLists.txt'), 'utf8'))[1];
const parts = [...debian, ...npm];
const id = (text) => `SPDXRef-${text.replace(/[^A-Za-z0-9.-]/g, '-')}`;
const described = parts.map((part) => ({
  SPDXID: id(`${part.purl.slice(4, part.purl.indexOf('/'))}-${part.name}-${part.version}`),
  name: part.name,
  versionInfo: part.version,
  downloadLocation: 'NOASSERTION',
  filesAnalyzed: false,
  licenseConcluded: 'NOASSERTION',
  licenseDeclared: part.license,
  copyrightText: 'NOASSERTION',
  comment: part.comment,
  externalRefs: [{referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: part.purl}],
}));
const unique = [...new Map(described.map((part) => [part.SPDXID, part])).values()];
const digest = createHash('sha256').update(JSON.stringify(unique)).digest('hex');
const seconds = Number(process.env.SOURCE_DATE_EPOCH ?? 0);
const document = {
  spdxVersion: 'SPDX-2.3',
  dataLicense: 'CC0-1.0',
  SPDXID: 'SPDXRef-DOCUMENT',
  name: `fleet-${version}`,
  documentNamespace: `https://spdx.org/spdxdocs/fleet-${version}-${digest}`,
  creationInfo: {created: new Date(seconds * 1000).toISOString().replace(/\.\d+Z/, 'Z'), creators: ['Tool: fleet-sbom']},
  packages: [
    {
      SPDXID: 'SPDXRef-fleet',
      name: 'fleet',
      versionInfo: version,
      downloadLocation: 'NOASSERTION',
      filesAnalyzed: false,
      licenseConcluded: 'MIT',
      licenseDeclared: 'MIT',
      copyrightText: 'NOASSERTION',
    },
    ...unique,
  ],
  relationships: [
    {spdxElementId: 'SPDXRef-DOCUMENT', relationshipType: 'DESCRIBES', relatedSpdxElement: 'SPDXRef-fleet'},
    ...unique.map((part) => ({spdxElementId: 'SPDXRef-fleet', relationshipType: 'CONTAINS', relatedSpdxElement: part.SPDXID})),
  ],
};
writeFileSync(join(out, 'fleet.spdx.json'), `${JSON.stringify(document, null, 1)}\n`);
writeFileSync(join(out, 'licenses', 'npm'), npm.map((part) => `${part.name} ${part.version}: ${part.license}\n`).join(''));
