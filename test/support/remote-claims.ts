import { createHash } from 'node:crypto'
import type { Answer } from '../../src/engine/commands.js'
import { pascal } from '../../src/graphql/names.js'
import { employeeId } from '../../src/organisation/ids.js'
import type { Tokens } from '../../src/organisation/tokens.js'
import { pause } from './acts.js'
import { type BusyStep, stepsOf } from './busy-cases.js'
import type { House } from './house.js'
import { claim } from './papers.js'

/** What is sent and how often it took another try, and what no further try could mend. */
export interface Traffic {
  readonly acknowledged: Map<string, Answer>
  sent: number
  retried: number
  readonly errors: string[]
}
export const noTraffic = (): Traffic => ({ acknowledged: new Map(), sent: 0, retried: 0, errors: [] })

/** A client as the README asks for: whatever could not be reached or is busy is asked again with the same key, at the next address. */
export interface Client {
  /** One claim from its opening to its payment, as far as `goOn` says. */
  drive(index: number, goOn: () => boolean): Promise<void>
}

const patienceMs = 60_000
const inputs: Readonly<Record<string, string>> = { OPEN: 'ExpenseClaimInput', SAVE: 'ExpenseClaimInput', RETURN: 'ReasonInput' }
const formOf = (action: string, index: number): object | undefined =>
  action === 'RETURN' ? { reason: '凭证不齐' } : action in inputs ? claim(index % 4 === 0 ? '9000' : '900') : undefined

export function clientOf(urls: readonly string[], tokens: Pick<Tokens, 'issue'>, traffic: Traffic): Client {
  let at = 0
  const tokenOf = new Map<string, Promise<string>>()
  const bearer = (login: string) => {
    const known = tokenOf.get(login) ?? tokens.issue(employeeId(login)).then(({ token }) => token)
    tokenOf.set(login, known)
    return known
  }
  /** The answer, or null when this server cannot give one now. */
  const attempt = async (login: string, body: string): Promise<{ json: any; isReplayed: boolean } | null> => {
    traffic.sent++
    try {
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${await bearer(login)}` }
      const response = await fetch(`${urls[at % urls.length]}/graphql`, { method: 'POST', headers, body })
      const text = await response.text()
      if (response.status === 503 || response.status === 429) return null
      return { json: JSON.parse(text), isReplayed: response.headers.get('idempotency-replayed') === 'true' }
    } catch (error) {
      // Not reached, or cut off before the answer.
      if ((error as Error).name === 'TypeError') return null
      throw error
    }
  }
  const act = async ({ key, login, action }: BusyStep, index: number, caseId: string): Promise<Answer> => {
    const body = bodyOf(action, index, key, caseId)
    for (const end = Date.now() + patienceMs; Date.now() < end; await pause(30)) {
      const answer = await attempt(login, body)
      if (answer) {
        if (answer.json.errors) throw new Error(`${key} ${action}: ${JSON.stringify(answer.json.errors)}`)
        const { id, version } = answer.json.data.done
        return { caseId: id, sequence: version, replayed: answer.isReplayed }
      }
      traffic.retried++
      at++
    }
    throw new Error(`${key} ${action}: no answer in ${patienceMs / 1000} s`)
  }
  return {
    async drive(index, goOn) {
      let caseId = ''
      try {
        for (const step of stepsOf(index)) {
          if (!goOn()) return
          const answer = await act(step, index, caseId)
          caseId = answer.caseId
          traffic.acknowledged.set(step.key, answer)
        }
      } catch (error) {
        traffic.errors.push(String(error))
      }
    },
  }
}

function bodyOf(action: string, index: number, key: string, caseId: string): string {
  const mutation = `expenseReimbursement${pascal(action)}`
  const form = formOf(action, index)
  const declared = ['$key: String!', ...(caseId ? ['$caseId: ID!'] : []), ...(form ? [`$form: ${inputs[action]}!`] : [])].join(', ')
  const passed = ['idempotencyKey: $key', ...(caseId ? ['caseId: $caseId'] : []), ...(form ? ['form: $form'] : [])].join(', ')
  return JSON.stringify({
    query: `mutation (${declared}) { done: ${mutation}(${passed}) { id version } }`,
    variables: { key, ...(caseId && { caseId }), ...(form && { form }) },
  })
}

/** What the history has otherwise than it was acknowledged: lost, done twice, of another case or at another place. A repeated answer shows the case as it stood then. */
export async function unlike({ owner }: House, acknowledged: ReadonlyMap<string, Answer>): Promise<string[]> {
  const { rows } = await owner.query(
    `select content::jsonb ->> 'idempotencyKeyDigest' as digest, case_id, sequence, result from audit_entry where process = 'expense-reimbursement'`,
  )
  const entries = Map.groupBy(rows, ({ digest }) => digest)
  return [...acknowledged].flatMap(([key, { caseId, sequence, replayed }]) => {
    const mine = entries.get(createHash('sha256').update(key).digest('hex')) ?? []
    const isThere = mine.length === 1 && mine[0]!.result === 'DONE' && mine[0]!.case_id === caseId && (replayed || mine[0]!.sequence === sequence)
    return isThere ? [] : [`${key}: answered ${caseId} ${sequence}, in the history ${JSON.stringify(mine)}`]
  })
}
