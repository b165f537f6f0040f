import { execFileSync, spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

export type Certificate = { key: Buffer; cert: Buffer };

/** `trusted` is what the bot trusts, with the file that says so. */
export type Certificates = { trusted: Certificate; untrusted: Certificate; file: string };

/** Node cannot make certificates. */
export const hasOpenssl = (): boolean => spawnSync('openssl', ['version']).status === 0;

const makeCertificate = async (folder: string, name: string, host: string): Promise<Certificate> => {
  const [key, cert] = [join(folder, `${name}.key`), join(folder, `${name}.pem`)];
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '36500'];
  const subject = ['-subj', `/CN=${host}`, '-addext', `subjectAltName=DNS:${host}`];
  execFileSync('openssl', ['req', ...kind, ...subject, '-keyout', key, '-out', cert], { stdio: 'ignore' });
  return { key: await readFile(key), cert: await readFile(cert) };
};

export const makeCertificates = async (folder: string, host: string): Promise<Certificates> => ({
  trusted: await makeCertificate(folder, 'trusted', host),
  untrusted: await makeCertificate(folder, 'untrusted', host),
  file: join(folder, 'trusted.pem'),
});
