import { Field, ObjectType, registerEnumType } from 'type-graphql'
import { type Decision, isCountersign, modeOf, openSeats, stepIn, votesOn } from '../define/index.js'
import type { CaseRow } from '../persistence/entities.js'
import type { RequestContext } from './context.js'
import { DepartmentType, departmentOf, EmployeeType, employeeOf, RoleType } from './people.type.js'
import { DateTime } from './scalars.js'

export enum VoteChoice {
  APPROVE = 'APPROVE',
  REJECT = 'REJECT',
  ABSTAIN = 'ABSTAIN',
}
registerEnumType(VoteChoice, { name: 'VoteChoice', description: '同意、不同意、弃权' })

@ObjectType('BallotVoice', { description: '会签的一席 / One voice of a countersign' })
export class BallotVoiceType {
  @Field(() => String, { nullable: true, description: '具名席位 / The seat, where it has a name' }) seat!: string | null
  @Field(() => EmployeeType, { nullable: true }) employee!: EmployeeType | null
  @Field(() => DepartmentType, { nullable: true }) department!: DepartmentType | null
  @Field(() => RoleType, { nullable: true }) role!: RoleType | null
  @Field(() => Boolean, { description: '加签 / Added while the countersign was open' }) added!: boolean
  @Field(() => Boolean, { description: '现在可表决 / May be raised now' }) open!: boolean
  @Field(() => VoteChoice, { nullable: true }) vote!: string | null
  @Field(() => DateTime, { nullable: true }) votedAt!: Date | null
}
@ObjectType('Ballot', { description: '会签 / Who decides the present countersign, frozen for the round, and how it stands' })
export class BallotType {
  @Field(() => String, { description: 'all 会签、any 或签、inOrder 依次、quorum 票数、ratio 比例' }) mode!: string
  @Field(() => [BallotVoiceType]) voices!: BallotVoiceType[]
}

/** The ballot of the state that a case is in; null where nobody votes. */
export async function ballotOf(context: RequestContext, row: CaseRow): Promise<BallotType | null> {
  const judged = await context.loaders.judged.load(row.id)
  const ballot = judged?.record.handling.ballot
  const step = stepIn(context.processes.at(row.process, row.definitionVersion)!.definition, row.state)
  if (!judged || !ballot || !step || !isCountersign(step)) return null
  const { decisions } = judged.record
  const votes = new Map<string | undefined, Decision>(votesOn(ballot, decisions).map((vote) => [vote.seat, vote]))
  const open = new Set(openSeats(ballot, modeOf(step), decisions).map(({ key }) => key))
  const voices = ballot.seats.map(async ({ key, kind, id, employeeId, addedBy }) => ({
    seat: kind === 'seat' ? id : null,
    employee: await employeeOf(context.loaders, employeeId),
    department: kind === 'department' ? await departmentOf(context.loaders, id) : null,
    role: kind === 'role' ? new RoleType(id as never) : null,
    added: addedBy !== undefined,
    open: open.has(key),
    vote: votes.get(key)?.vote ?? null,
    votedAt: votes.has(key) ? new Date(votes.get(key)!.at) : null,
  }))
  return { mode: modeOf(step).kind, voices: await Promise.all(voices) }
}
