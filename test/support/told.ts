import { randomUUID } from 'node:crypto'
import { applicant, approver, defineProcess, form, paragraph, type Role, role } from '../../src/define/index.js'
import { tellNext } from '../../src/jobs/notices.js'
import type { Post } from '../../src/jobs/posting.js'
import { employeeId } from '../../src/organisation/ids.js'
import { Opinion, Reason } from '../../workflows/common.js'
import type { DrivenCase, House } from './house.js'
import { publishAll } from './post-office.js'

@form('told-request', '知会练习申请', 'Request of the notices practice')
export class ToldRequest {
  @paragraph('事由', 'Subject') subject!: string
}

/** draft → review → voting → passed: every kind of word, by people of its own. */
export const toldPractice = defineProcess({
  id: 'told-practice',
  version: 1,
  title: ['知会练习', 'Notices practice'],
  source: 'test',
  forms: { request: ToldRequest, opinion: Opinion, reason: Reason },
  startedBy: role('EMPLOYEE'),
  startsWith: 'request',
  owner: 'ACCOUNT_DIRECTOR',
  handling: ['TRANSFER', 'DELEGATE', 'ADD_SIGNER', 'ASK'],
  withdrawal: { from: ['review', 'voting'], to: 'draft', until: 'END', form: 'reason' },
  initial: 'draft',
  states: {
    draft: { label: ['起草', 'Draft'], assignee: applicant, on: { SUBMIT: { target: 'review', revises: 'request' }, CANCEL: { target: 'givenUp' } } },
    review: {
      label: ['审批', 'Review'],
      assignee: approver('PROJECT_LEADER'),
      on: {
        APPROVE: { target: 'voting', form: 'opinion', notifies: ['DESIGN_DIRECTOR'] },
        REJECT: { target: 'failed', form: 'reason' },
        RETURN: { target: 'draft', form: 'reason', startsRound: true },
      },
    },
    voting: {
      type: 'countersign',
      label: ['会签', 'Voting'],
      voters: { everyone: 'FILM_DIRECTOR' },
      sign: 'APPROVE',
      form: 'opinion',
      against: { event: 'REJECT', form: 'reason', target: 'failed' },
      onDone: 'passed',
    },
    passed: { type: 'final', label: ['通过', 'Passed'], outcome: 'completed' },
    failed: { type: 'final', label: ['未通过', 'Failed'], outcome: 'rejected' },
    givenUp: { type: 'final', label: ['放弃', 'Given up'], outcome: 'cancelled' },
  },
})

/** Who takes part, and nobody else holds these roles. */
export const cast = {
  asker: [],
  'leader-a': ['PROJECT_LEADER'],
  'leader-b': ['PROJECT_LEADER'],
  'voter-a': ['FILM_DIRECTOR'],
  'voter-b': ['FILM_DIRECTOR'],
  'owner-a': ['ACCOUNT_DIRECTOR'],
  'hearer-a': ['DESIGN_DIRECTOR'],
  adviser: [],
  signer: [],
  reader: [],
} as const satisfies Record<string, readonly Role[]>

/** Hires the cast, each with an address; others lose the roles. */
export async function engage(house: House): Promise<void> {
  await house.owner.query('update role_assignment set valid_to = valid_from where role = any($1)', [[...new Set(Object.values(cast).flat())]])
  for (const [login, roles] of Object.entries(cast)) {
    await house.hire(login, roles)
    await house.owner.query(`update employee set email = $1 || '@example.com', mobile = '13800000000' where login = $1`, [login])
  }
}

export const post: Post = { publicUrl: 'https://office.example.com', zone: 'Asia/Shanghai' }
/** All that is done so far becomes deliveries. */
export async function tellAll(house: House): Promise<void> {
  await publishAll(house.pool)
  while (await tellNext(house.pool, house.processes, post));
}
/** Who is told what by everything since the last time, to people: `login word`, sorted. */
export async function told(house: House): Promise<string[]> {
  const { rows: before } = await house.pool.query('select coalesce(max(seq), 0) as seq from delivery')
  await tellAll(house)
  const { rows } = await house.pool.query(
    `select e.login, d.content ->> 'subject' as subject from delivery d join employee e on e.id = d.employee_id where d.seq > $1 order by 1, 2`,
    [before[0].seq],
  )
  return rows.map(({ login, subject }) => `${login} ${/^\[\S+\] ([^：:]+)/.exec(subject)![1]}`)
}
export const openTold = (house: House): Promise<DrivenCase> => house.open('asker', 'told-practice', { subject: '秘密内容' })
/** A case that waits for the leaders; what came of it so far is told already. */
export async function inReview(house: House): Promise<DrivenCase> {
  const it = await openTold(house)
  await it.act('asker', 'SUBMIT')
  await tellAll(house)
  return it
}
export const requestOf = (login: string) => ({ actorId: employeeId(login), idempotencyKey: randomUUID(), requestId: 'test' })
