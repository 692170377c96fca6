import { Ctx, Field, ObjectType } from 'type-graphql'
import { arrowsFrom } from '../define/index.js'
import { type Able, ableAmong, circleOf } from '../engine/could-have-acted.js'
import type { Told } from '../engine/fold.js'
import type { Staff } from '../engine/stepping-in.js'
import { caseBefore } from '../persistence/case-at.js'
import type { AuditEntryRow } from '../persistence/entities.js'
import { circleAt, staffAt } from '../persistence/people-at.js'
import type { RequestContext } from './context.js'
import { EmployeeType, employeeOf, RoleType } from './people.type.js'
import { movesCase } from './signature.type.js'

@ObjectType('AbleEmployee', { description: '当时能执行的人 / Somebody who could have done it, and as what' })
export class AbleEmployeeType {
  constructor(readonly able: Able) {}
  @Field(() => EmployeeType) employee(@Ctx() { loaders }: RequestContext): Promise<EmployeeType | null> {
    return employeeOf(loaders, this.able.actor.employeeId)
  }
  @Field(() => RoleType, { description: '凭何角色 / The role by which' }) get role(): RoleType {
    return new RoleType(this.able.role)
  }
  @Field(() => EmployeeType, { nullable: true, description: '代理：代何人 / By proxy: in whose place' })
  onBehalfOf(@Ctx() { loaders }: RequestContext): Promise<EmployeeType | null> {
    return employeeOf(loaders, this.able.actor.onBehalfOf?.employeeId)
  }
}
@ObjectType('CouldHaveActed', { description: '当时能执行的人，至多 100 人 / Who could have acted at that moment, at most 100' })
export class CouldHaveActedType {
  @Field(() => [AbleEmployeeType]) people!: AbleEmployeeType[]
  @Field(() => Boolean, { description: '还有更多人 / There were more' }) more!: boolean
}

const atMost = 100

/** Who could have taken the same arrow, with the same forms and for the same voice, at the moment of an entry. Null: no act of a person on a case. */
export async function couldHaveActed({ pool, processes, keys }: RequestContext, entry: AuditEntryRow): Promise<CouldHaveActedType | null> {
  const { effect, actor, seat }: Pick<Told, 'effect' | 'actor' | 'seat'> = JSON.parse(entry.content)
  if (!movesCase(entry) || !effect || !('done' in effect) || actor.kind !== 'employee') return null
  const stood = await caseBefore(pool, { processes, keys }, entry.caseId, entry.position)
  if (!stood) return null
  const { loaded, record, context, when } = stood
  const act = { loaded, record, context, arrow: arrowsFrom(loaded.definition, record.state)[effect.done.arrow]!, seat }
  const counted = new Map<string, ReturnType<Staff>>()
  const staff: Staff = (roles, shutOut) => {
    const key = JSON.stringify([roles, shutOut])
    if (!counted.has(key)) counted.set(key, staffAt(pool, roles, shutOut, when))
    return counted.get(key)!
  }
  const able: Able[] = []
  for await (const people of circleAt(pool, circleOf(act), record.process, when)) {
    able.push(...(await ableAmong(act, people, staff)))
    if (able.length > atMost) break
  }
  return { people: able.slice(0, atMost).map((one) => new AbleEmployeeType(one)), more: able.length > atMost }
}
