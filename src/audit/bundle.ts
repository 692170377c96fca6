import { createHash } from 'node:crypto'
import { type HashOf, inclusionProof } from './merkle.js'

/**
 * 审计包: a part of the history with everything that is needed to check it elsewhere, by `check-bundle.mjs` and nothing but Node. A JSON
 * object a line (format `countersign/bundle/1`): a head with the signed checkpoint, the entries in the order of their streams with the
 * proof that the log contains them, the forms that they name, the cases, proofs from earlier checkpoints, and a last line that seals the rest.
 */
export interface BundleHead {
  /** What is in it, in words. */
  readonly what: string
  /** All of its cases' own entries are in it; else those of a period. */
  readonly whole: boolean
  readonly checkpoint: { readonly note: string; readonly size: number }
  readonly verifierKeys: readonly string[]
  /** Sizes of earlier checkpoints that somebody kept, with the proof that the log still contains them. */
  readonly earlier: readonly Earlier[]
}
export interface Earlier {
  readonly size: number
  readonly proof: readonly Buffer[]
}
export interface BundleEntry {
  readonly stream: string
  readonly sequence: number
  readonly position: string
  readonly content: string
  readonly previousHash: string
  readonly hash: string
  /** Canonical text of what stands beside it. */
  readonly aside: string | null
  readonly asideSalt: string | null
  /** Its place in the log. */
  readonly index: number
}
export interface BundleForm {
  readonly caseId: string
  readonly key: string
  readonly version: number
  readonly form: string
  readonly content: string
  readonly salt: string
  readonly digest: string
  /** The commitment to its personal values, which are not in a bundle. */
  readonly personalDigest: string | null
}
export interface BundleCase {
  readonly id: string
  readonly number: string
  readonly version: number
  readonly headHash: string
}
export interface BundleParts {
  readonly entries: AsyncIterable<BundleEntry>
  readonly forms: AsyncIterable<BundleForm>
  readonly cases: AsyncIterable<BundleCase>
}

/** The lines of a bundle, each with its newline. Throws when the checkpoint does not cover an entry. */
export async function* bundleLines(head: BundleHead, { entries, forms, cases }: BundleParts, hashOf: HashOf): AsyncGenerator<string, void> {
  const seal = createHash('sha256')
  const line = (value: object): string => {
    const text = `${JSON.stringify(value)}\n`
    seal.update(text)
    return text
  }
  const { checkpoint, earlier, ...told } = head
  yield line({ kind: 'head', format: 'countersign/bundle/1', ...told, checkpoint: checkpoint.note })
  for await (const entry of entries) {
    const proof = await inclusionProof(entry.index, checkpoint.size, hashOf)
    yield line({ kind: 'entry', ...entry, proof: proof.map((node) => node.toString('hex')) })
  }
  for await (const form of forms) yield line({ kind: 'form', ...form })
  for await (const one of cases) yield line({ kind: 'case', ...one })
  for (const { size, proof } of earlier) yield line({ kind: 'consistency', size, proof: proof.map((node) => node.toString('hex')) })
  yield `${JSON.stringify({ kind: 'end', sha256: seal.digest('hex') })}\n`
}
