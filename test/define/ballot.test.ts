import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { anybody, everybody, inOrder, type Mode, quorum, ratio, tally, type Vote } from '../../src/define/index.js'

// The laws of every ballot, whatever the mode.

const vote: fc.Arbitrary<Vote> = fc.constantFrom('APPROVE', 'REJECT', 'ABSTAIN')
const votes = (most = 12) => fc.array(vote, { minLength: 1, maxLength: most })
const orderless: fc.Arbitrary<Mode> = fc.oneof(
  fc.constant(everybody),
  fc.constant(anybody('ALL_REJECT')),
  fc.integer({ min: 1, max: 12 }).map(quorum),
  fc.tuple(fc.integer({ min: 1, max: 100 }), fc.option(fc.integer({ min: 0, max: 12 }), { nil: undefined })).map(([percent, least]) => ratio(percent, least)),
)
const mode: fc.Arbitrary<Mode> = fc.oneof(orderless, fc.constant(inOrder), fc.constant(anybody('FIRST_REJECTION')))
const runs = { numRuns: Number(process.env['FC_RUNS'] ?? 2_000) }

/** The first decision while one vote after the other comes in. */
function countedAsTheyCome(how: Mode, cast: readonly Vote[], voices = cast.length): 'passed' | 'failed' | 'open' {
  for (const [index] of cast.entries()) {
    const result = tally(how, voices, cast.slice(0, index + 1))
    if (result !== 'open') return result
  }
  return 'open'
}
const allAbstain = (cast: readonly Vote[]) => cast.every((one) => one === 'ABSTAIN')

test('an approval more never turns what has passed into a failure, nor into an open question', () => {
  fc.assert(
    fc.property(mode, votes(), fc.nat(6), (how, cast, left) => {
      fc.pre(tally(how, cast.length + left + 1, cast) === 'passed')
      expect(tally(how, cast.length + left + 1, [...cast, 'APPROVE'])).toBe('passed')
    }),
    runs,
  )
})

test('a rejection more never turns a failure into a pass', () => {
  fc.assert(
    fc.property(mode, votes(), fc.nat(6), (how, cast, left) => {
      fc.pre(tally(how, cast.length + left + 1, cast) === 'failed')
      expect(tally(how, cast.length + left + 1, [...cast, 'REJECT'])).toBe('failed')
    }),
    runs,
  )
})

test('an approval in the place of another vote never makes it worse', () => {
  const rank = { failed: 0, open: 1, passed: 2 }
  fc.assert(
    fc.property(mode, votes(), fc.nat(6), fc.nat(), (how, cast, left, place) => {
      const better = cast.with(place % cast.length, 'APPROVE')
      fc.pre(!allAbstain(cast))
      expect(rank[tally(how, cast.length + left, better)]).toBeGreaterThanOrEqual(rank[tally(how, cast.length + left, cast)])
    }),
    runs,
  )
})

test('what is decided stays decided, whatever the others would have said', () => {
  fc.assert(
    fc.property(mode, votes(), votes(), (how, cast, rest) => {
      const voices = cast.length + rest.length
      const result = tally(how, voices, cast)
      fc.pre(result !== 'open' && !allAbstain([...cast, ...rest]) && !(how.kind === 'any' && how.failsOn === 'FIRST_REJECTION' && result === 'failed'))
      expect(tally(how, voices, [...cast, ...rest])).toBe(result)
    }),
    runs,
  )
})

test('the order of the votes never matters where they are counted', () => {
  fc.assert(
    fc.property(
      orderless,
      votes().chain((cast) => fc.tuple(fc.constant(cast), fc.shuffledSubarray(cast, { minLength: cast.length }))),
      (how, [cast, other]) => {
        expect(countedAsTheyCome(how, other)).toBe(countedAsTheyCome(how, cast))
      },
    ),
    runs,
  )
})

test('where the first word counts, the first that is no abstention decides', () => {
  fc.assert(
    fc.property(votes(), (cast) => {
      const first = cast.find((one) => one !== 'ABSTAIN')
      const word = first === undefined ? 'open' : first === 'APPROVE' ? 'passed' : 'failed'
      expect(countedAsTheyCome(anybody('FIRST_REJECTION'), cast)).toBe(word)
    }),
    runs,
  )
})

test('when all have voted it is decided, unless all abstain: then it is not', () => {
  fc.assert(
    fc.property(mode, votes(), (how, cast) => {
      expect(tally(how, cast.length, cast) === 'open').toBe(allAbstain(cast))
    }),
    runs,
  )
})

test('nothing passes without an approval', () => {
  fc.assert(
    fc.property(mode, votes(), fc.nat(6), (how, cast, left) => {
      fc.pre(!cast.includes('APPROVE'))
      expect(tally(how, cast.length + left, cast)).not.toBe('passed')
    }),
    runs,
  )
})
