#!/usr/bin/env node
// Checks a bundle of the history with nothing but Node: no package, no database, no key of the server's.
//
//   node check-bundle.mjs BUNDLE.jsonl [--key VERIFIER_KEY] [--checkpoint NOTES.txt]… [--json]
//
// --key         the log's verifier key as you noted it earlier (C2SP signed-note); without it the bundle's own is believed, and said so
// --checkpoint  signed checkpoints that you kept: the log must still contain them
// Exit: 0 everything holds, 1 something does not, 2 wrongly asked. What it cannot show: the MACs, whose key never leaves the server.
import { createHash, createPublicKey, verify } from 'node:crypto'
import { createReadStream, readFileSync } from 'node:fs'
import readline from 'node:readline'
import { parseArgs } from 'node:util'

const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest()
const hex = (...parts) => sha256(...parts).toString('hex')

// ── The chain: an entry's hash covers its text and the hash before it, each behind its length in bytes.
const genesis = '0'.repeat(64)
function entryHash(content, previousHash) {
  const hash = createHash('sha256').update('countersign/audit-chain/1\n')
  for (const part of [previousHash, content]) hash.update(`${Buffer.byteLength(part)}:`).update(part)
  return hash.digest('hex')
}
/** Changes of the organisation take their moment before they take their place, so far apart at most. */
const organisationMs = 60_000
const asideDigest = (text, salt) => hex(`countersign/aside/1\n${salt}\n${text}`)
const formDigest = ({ content, salt, personalDigest }) => hex(`countersign/form/1\n${salt}\n${personalDigest ?? ''}\n${content}`)

// ── The log: RFC 6962.
const leafHash = (data) => sha256('\0', data)
const nodeHash = (left, right) => sha256('\u0001', left, right)
const split = (size) => 2 ** Math.ceil(Math.log2(size) - 1)
function sides(index, size) {
  if (size <= 1) return []
  const k = split(size)
  return index < k ? [...sides(index, k), 'right'] : [...sides(index - k, size - k), 'left']
}
function rootFrom(leaf, index, size, proof) {
  if (!(index < size)) return null
  const path = sides(index, size)
  if (path.length !== proof.length) return null
  return path.reduce((node, side, at) => (side === 'right' ? nodeHash(node, proof[at]) : nodeHash(proof[at], node)), leaf)
}
function isConsistent(old, now, proof) {
  if (old.size > now.size || old.size < 1) return false
  if (old.size === now.size) return proof.length === 0 && old.root.equals(now.root)
  const left = [...proof]
  const both = (part, size, whole) => {
    if (part === size) {
      const root = whole ? old.root : left.shift()
      return root && { old: root, now: root }
    }
    const k = split(size)
    const inner = part <= k ? both(part, k, whole) : both(part - k, size - k, false)
    const other = left.shift()
    if (!inner || !other) return null
    return part <= k ? { old: inner.old, now: nodeHash(inner.now, other) } : { old: nodeHash(other, inner.old), now: nodeHash(other, inner.now) }
  }
  const roots = both(old.size, now.size, true)
  return Boolean(roots) && left.length === 0 && roots.old.equals(old.root) && roots.now.equals(now.root)
}

// ── Checkpoints: C2SP signed-note and tlog-checkpoint.
/** @returns the public key of `name+id+base64(type ‖ key)`; null when it is none */
function verifierKey(text) {
  const [, name, id, body] = /^(.+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(text) ?? []
  const bytes = Buffer.from(body ?? '', 'base64')
  if (bytes.length !== 33 || bytes[0] !== 1 || sha256(`${name}\n`, bytes).subarray(0, 4).toString('hex') !== id) return null
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: bytes.subarray(1).toString('base64url') }, format: 'jwk' })
  return { name, id: Buffer.from(id, 'hex'), key }
}
function checkpointIn(note, keys) {
  const end = note.lastIndexOf('\n\n')
  const text = note.slice(0, end + 1)
  const signed = note
    .slice(end + 2)
    .split('\n')
    .some((line) =>
      keys.some(({ name, id, key }) => {
        if (!line.startsWith(`— ${name} `)) return false
        const bytes = Buffer.from(line.slice(name.length + 3), 'base64')
        return bytes.subarray(0, 4).equals(id) && verify(null, Buffer.from(text), key, bytes.subarray(4))
      }),
    )
  const [, origin, size, root, time] = /^(.+)\n(\d+)\n(\S+)\ntime (\S+)\n/.exec(text) ?? []
  return signed && keys.some(({ name }) => name === origin) ? { size: Number(size), root: Buffer.from(root, 'base64'), time } : null
}
const notesIn = (text) => (text.match(/[\s\S]*?\n\n(?:— [^\n]*\n)+(?:\n|$)/g) ?? []).map((note) => note.replace(/\n\n$/, '\n'))

// ── The bundle: a JSON object a line; the last line seals the others.
class Check {
  faults = []
  counts = { entries: 0, forms: 0, cases: 0, earlier: 0 }
  #digest = createHash('sha256')
  #head
  #keys = []
  #checkpoint
  #last = new Map()
  #cases = new Map()
  #named = new Set()
  #forms = []
  #proofs = []
  #end

  fault(what) {
    this.faults.push(what)
  }
  line(text) {
    const line = this.#parsed(text)
    if (this.#end) this.fault(`a line follows the end: ${text.slice(0, 60)}`)
    if (line?.kind === 'end') {
      this.#end = { ...line, digest: this.#digest.digest('hex') }
      return
    }
    if (!this.#end) this.#digest.update(`${text}\n`)
    if (!this.#head) this.#begin(line)
    else if (line?.kind === 'entry') this.#entry(line)
    else if (line?.kind === 'form') this.#forms.push(line)
    else if (line?.kind === 'case') this.#cases.set(line.id, line)
    else if (line?.kind === 'consistency') this.#proofs.push(line)
    else this.fault(`a line of no known kind: ${text.slice(0, 60)}`)
  }
  #parsed(text) {
    try {
      return JSON.parse(text)
    } catch {
      return null
    }
  }
  #begin(head) {
    this.#head = head ?? {}
    if (head?.kind !== 'head' || head.format !== 'countersign/bundle/1') return this.fault('this is no bundle of the format countersign/bundle/1')
    const named = this.trusted ?? head.verifierKeys ?? []
    this.#keys = named.map(verifierKey).filter(Boolean)
    if (this.#keys.length !== named.length) this.fault('a verifier key is not one')
    this.#checkpoint = checkpointIn(head.checkpoint ?? '', this.#keys)
    if (!this.#checkpoint) this.fault('the checkpoint is not signed by the log')
  }
  #entry({ stream, sequence, position, content, previousHash, hash, aside, asideSalt, index, proof }) {
    const at = `${stream} ${sequence}`
    this.counts.entries++
    const told = this.#parsed(content) ?? {}
    const reckoned = entryHash(String(content), String(previousHash))
    if (reckoned !== hash) this.fault(`${at}: its text is not what was hashed`)
    if (told.stream !== stream || told.sequence !== sequence) this.fault(`${at}: its text is that of ${told.stream} ${told.sequence}`)
    const before = this.#last.get(stream)
    const ownStream = /^(case|attempts|work):/.test(stream)
    const gap = before ? before.sequence + 1 !== sequence && (ownStream || !this.#head.whole) : this.#head.whole && ownStream && sequence !== 1
    if (gap) this.fault(`${at}: the entry before it is not there`)
    const expected = before && before.sequence + 1 === sequence ? before.hash : sequence === 1 ? genesis : previousHash
    if (expected !== previousHash) this.fault(`${at}: it does not follow the entry before it`)
    if (before && Date.parse(before.recordedAt) - Date.parse(told.recordedAt) > (stream === 'organisation' ? organisationMs : 0))
      this.fault(`${at}: it is older than the entry before it`)
    this.#last.set(stream, { sequence, hash, recordedAt: told.recordedAt })
    const digest = aside === null || aside === undefined ? null : asideDigest(aside, asideSalt)
    if (digest !== (told.asideDigest ?? null)) this.fault(`${at}: what stands beside it is not what it committed to`)
    for (const form of stream.startsWith('case:') ? (told.forms ?? []) : []) this.#named.add(`${told.caseId} ${form.key} ${form.version} ${form.digest}`)
    this.#inclusion(at, leafHash(`${position} ${reckoned}`), index, proof)
  }
  #inclusion(at, leaf, index, proof) {
    if (!this.#checkpoint) return
    if (!Array.isArray(proof)) return this.fault(`${at}: it is newer than the checkpoint, or not in the log`)
    const root = rootFrom(
      leaf,
      index,
      this.#checkpoint.size,
      proof.map((node) => Buffer.from(node, 'hex')),
    )
    if (!root?.equals(this.#checkpoint.root)) this.fault(`${at}: the log does not contain it`)
  }
  #form(form) {
    const at = `${form.caseId} ${form.key} version ${form.version}`
    this.counts.forms++
    if (formDigest(form) !== form.digest) this.fault(`${at}: it is not what was committed to`)
    if (!this.#named.has(`${form.caseId} ${form.key} ${form.version} ${form.digest}`) && this.#head.whole) this.fault(`${at}: no entry names it`)
  }
  #case({ id, number, version, headHash }) {
    this.counts.cases++
    const last = this.#last.get(`case:${id}`)
    if (last?.sequence !== version || last?.hash !== headHash) this.fault(`${number}: its head is not its last entry`)
  }
  #earlier(note) {
    const kept = checkpointIn(note, this.#keys)
    if (!kept) return this.fault('a checkpoint that you kept is not signed by the log')
    this.counts.earlier++
    const proof = this.#proofs.find(({ size }) => size === kept.size)?.proof
    if (!this.#checkpoint) return undefined
    if (kept.size !== this.#checkpoint.size && !proof)
      return this.fault(
        `the bundle has no proof from your checkpoint of ${kept.size} entries: a bundle has those of the last day’s checkpoints and of earlier bundles`,
      )
    const nodes = (proof ?? []).map((node) => Buffer.from(node, 'hex'))
    if (!isConsistent(kept, this.#checkpoint, nodes)) this.fault(`the log no longer contains your checkpoint of ${kept.size} entries (${kept.time})`)
  }
  finish(kept) {
    const stored = new Set(this.#forms.map((form) => `${form.caseId} ${form.key} ${form.version} ${form.digest}`))
    for (const form of this.#forms) this.#form(form)
    for (const name of this.#named) if (!stored.has(name)) this.fault(`${name.split(' ').slice(0, 3).join(' ')}: an entry names this form, and it is not there`)
    for (const one of this.#cases.values()) this.#case(one)
    for (const note of kept) this.#earlier(note)
    if (!this.#end) this.fault('the bundle is cut short: its last line is missing')
    else if (this.#end.sha256 !== this.#end.digest) this.fault('the bundle is not as it was made: its last line seals other lines')
    return {
      what: this.#head?.what,
      checkpoint: this.#checkpoint && { size: this.#checkpoint.size, time: this.#checkpoint.time },
      ...this.counts,
      faults: this.faults,
    }
  }
}

async function main() {
  const options = { key: { type: 'string', multiple: true }, checkpoint: { type: 'string', multiple: true }, json: { type: 'boolean' } }
  const { values, positionals } = parseArgs({ options, allowPositionals: true })
  if (positionals.length !== 1) throw new Error('name one bundle')
  const kept = (values.checkpoint ?? []).flatMap((file) => notesIn(readFileSync(file, 'utf8')))
  if (values.checkpoint && kept.length === 0) throw new Error('there is no checkpoint in the file that you kept')
  const check = new Check()
  if (values.key) check.trusted = values.key
  for await (const text of readline.createInterface({ input: createReadStream(positionals[0]), crlfDelay: Number.POSITIVE_INFINITY })) check.line(text)
  const report = { ...check.finish(kept), trusted: values.key ? 'your own key' : 'the key in the bundle: compare it with one that you noted elsewhere' }
  console.log(values.json ? JSON.stringify(report, null, 2) : textOf(report))
  return report.faults.length === 0 ? 0 : 1
}
function textOf({ what, checkpoint, entries, forms, cases, earlier, faults, trusted }) {
  const found = faults.length === 0 ? 'Everything holds.' : `${faults.length} faults:\n${faults.map((fault) => `  ${fault}`).join('\n')}`
  return [
    `Bundle of ${what ?? '?'}: ${cases} cases, ${entries} entries, ${forms} forms`,
    checkpoint ? `Checkpoint: ${checkpoint.size} entries, ${checkpoint.time}; signed with ${trusted}` : 'No checkpoint that is signed',
    ...(earlier > 0 ? [`Checkpoints that you kept: ${earlier}`] : []),
    found,
  ].join('\n')
}

main().then(
  (code) => {
    process.exitCode = code
  },
  (error) => {
    process.stderr.write(`${error.message}\nUsage: node check-bundle.mjs BUNDLE.jsonl [--key VERIFIER_KEY] [--checkpoint NOTES.txt]… [--json]\n`)
    process.exitCode = 2
  },
)
