import { type KeyKind, type Keyring, keyInUse, keyKinds, rotated } from '../audit/keyring.js'
import { verifierKeysOf } from '../audit/note.js'
import { configFrom } from '../config.js'
import { keysIn, writeKeyFile } from '../key-file.js'

const usage = `Usage: npm run keys -- show | rotate ${keyKinds.join('|')}

show    lists the keys of the key file, without their secrets, and what verifies the checkpoints of the history
rotate  adds a new key of a kind, which is used from then on; the one before it still checks and opens what it made
`
class UsageFault extends Error {}

function shown(keyring: Keyring): string {
  const lines = keyKinds.flatMap((kind) =>
    keyring[kind].map(({ id, since, retiredAt }) => `  ${id.padEnd(14)} since ${since}  ${retiredAt === null ? 'in use' : `retired ${retiredAt}`}`),
  )
  const verifiers = verifierKeysOf(keyring).map((key) => `  ${key}`)
  return ['Keys', ...lines, '', 'Origin of the log', `  ${keyring.origin}`, '', 'Verifier keys of the log', ...verifiers, ''].join('\n')
}

async function rotate(file: string, kind: KeyKind): Promise<string> {
  const before = await keysIn(file)
  const after = rotated(before, kind, new Date())
  await writeKeyFile(file, after, 'over')
  const { retiredAt } = after[kind].at(-2)!
  return [
    `${keyInUse(after[kind]).id} is the key in use; ${keyInUse(before[kind]).id} is retired from ${retiredAt} on.`,
    'Servers that share the file use it at once; take it to the others within the hour, and keep a copy of it apart from the database.',
    '',
  ].join('\n')
}

async function run([command, kind, ...more]: readonly string[]): Promise<string> {
  const { keyFile } = configFrom(process.env)
  if (command === 'show' && kind === undefined) return shown(await keysIn(keyFile))
  if (command === 'rotate' && keyKinds.includes(kind as KeyKind) && more.length === 0) return rotate(keyFile, kind as KeyKind)
  throw new UsageFault(usage)
}

/** Exit codes: 0 done, 1 failed, 2 asked wrongly. */
try {
  process.stdout.write(await run(process.argv.slice(2)))
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`)
  process.exitCode = error instanceof UsageFault ? 2 : 1
}
