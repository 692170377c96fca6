import { createHash } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { consistencyProof, Frontier, type HashOf, inclusionProof, isConsistent, leafHash, nodeHash, rootFromInclusion } from '../../src/audit/merkle.js'

/** The tree as RFC 6962 defines it, by its recursion alone. */
function rootOf(leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 0) return createHash('sha256').digest()
  if (leaves.length === 1) return leaves[0]!
  let k = 1
  while (k * 2 < leaves.length) k *= 2
  return nodeHash(rootOf(leaves.slice(0, k)), rootOf(leaves.slice(k)))
}
const treeOf = (size: number) => Array.from({ length: size }, (_, index) => leafHash(`leaf ${index}`))
const hashesOf =
  (leaves: readonly Buffer[]): HashOf =>
  async (start, size) =>
    rootOf(leaves.slice(start, start + size))

/** Certificate Transparency's own vectors: the roots of the first n of these leaves. */
const inputs = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f']
const roots = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
]

describe('the tree of RFC 6962', () => {
  test('has the roots that Certificate Transparency publishes', () => {
    const frontier = new Frontier()
    for (const [index, input] of inputs.entries()) {
      frontier.add(leafHash(Buffer.from(input, 'hex')))
      expect(frontier.root().toString('hex')).toBe(roots[index])
    }
  })
  test('a frontier that was put away and taken up again goes on to the same root', () => {
    for (let size = 0; size < 70; size++) {
      const leaves = treeOf(size)
      const first = new Frontier()
      for (const leaf of leaves.slice(0, size >> 1)) first.add(leaf)
      const second = new Frontier(first.size, first.roots)
      for (const leaf of leaves.slice(size >> 1)) second.add(leaf)
      expect(second.root()).toEqual(rootOf(leaves))
    }
  })
  test('every leaf is shown to be in every tree, and nowhere else', async () => {
    for (let size = 1; size <= 33; size++) {
      const leaves = treeOf(size)
      for (let index = 0; index < size; index++) {
        const proof = await inclusionProof(index, size, hashesOf(leaves))
        expect(rootFromInclusion(leaves[index]!, index, size, proof)).toEqual(rootOf(leaves))
        expect(rootFromInclusion(leafHash('another'), index, size, proof)).not.toEqual(rootOf(leaves))
        if (size > 1) expect(rootFromInclusion(leaves[index]!, (index + 1) % size, size, proof)).not.toEqual(rootOf(leaves))
      }
    }
  })
  test('every tree is shown to be the beginning of every longer one, and a changed one is not', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 0, max: 100 }), fc.nat(), async (old, more, changed) => {
        const leaves = treeOf(old + more)
        const [before, now] = [
          { size: old, root: rootOf(leaves.slice(0, old)) },
          { size: old + more, root: rootOf(leaves) },
        ]
        const proof = await consistencyProof(old, old + more, hashesOf(leaves))
        expect(isConsistent(before, now, proof)).toBe(true)
        const other = leaves.with(changed % old, leafHash('changed'))
        const forged = { size: old + more, root: rootOf(other) }
        expect(isConsistent(before, forged, await consistencyProof(old, old + more, hashesOf(other)))).toBe(false)
        expect(isConsistent(before, now, [...proof, leafHash('one more')])).toBe(false)
        if (proof.length > 0) expect(isConsistent(before, now, proof.slice(1))).toBe(false)
      }),
      { numRuns: 100 },
    )
  })
})
