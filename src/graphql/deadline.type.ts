import { Ctx, Field, Float, ID, Int, ObjectType, registerEnumType } from 'type-graphql'
import { type AnyProcess, deadlinesIn, labelOfEvent } from '../define/index.js'
import type { Timer } from '../engine/timer.js'
import { calendarAt, newestCalendar } from '../persistence/calendars.js'
import type { CaseRow } from '../persistence/entities.js'
import { type RequestContext, read } from './context.js'
import { DateTime } from './scalars.js'

export enum DeadlineStatus {
  PENDING = 'PENDING',
  PAUSED = 'PAUSED',
  FIRED = 'FIRED',
  SKIPPED = 'SKIPPED',
  CANCELLED = 'CANCELLED',
}
registerEnumType(DeadlineStatus, {
  name: 'DeadlineStatus',
  description: '计时中、已暂停、已到期执行、到期时已不适用、已取消 / Running, paused, fired, over when nothing waited for it, cancelled with its state',
})
export enum RungAct {
  REMIND = 'REMIND',
  WIDEN = 'WIDEN',
  REASSIGN = 'REASSIGN',
  RAISE = 'RAISE',
}
registerEnumType(RungAct, {
  name: 'RungAct',
  description: '催办、扩大办理人、收回签收、上报上一级 / Remind, widen, put back into the pool, raise to the next post',
})

@ObjectType('Rung', { description: '升级阶梯 / What is done at a share of the term for a task that lies' })
export class RungType {
  @Field(() => Float, { description: '期限的比例，1 为到期 / The share of the term; 1: when it is over' }) at!: number
  @Field(() => RungAct) do!: string
}
@ObjectType('DeadlineRung', { description: '升级阶梯的一级 / One rung of the ladder of a running term' })
export class DeadlineRungType extends RungType {
  @Field(() => DateTime) dueAt!: Date
  @Field(() => DeadlineStatus) status!: string
}

@ObjectType('ProcessTerm', { description: '流程定义中的期限 / A term that the process declares' })
export class ProcessTermType {
  @Field(() => String, { description: '到期事件（代码） / The event that the clock does' }) event!: string
  @Field(() => String) label!: string
  @Field(() => String, { nullable: true, description: '所在状态，空表示全案 / The state; null: the whole case' }) state!: string | null
  @Field(() => String, { nullable: true, description: '到期后的状态，空表示不变 / Where it leads; null: the case stays' }) to!: string | null
  @Field(() => Boolean, { description: '法定期限，不可暂停 / Set by law: no pause stops it' }) statutory!: boolean
  @Field(() => [RungType]) ladder!: RungType[]
}
export const termsOfProcess = (context: RequestContext, definition: AnyProcess): ProcessTermType[] =>
  ['', ...Object.keys(definition.states)].flatMap((place) =>
    Object.entries(deadlinesIn(definition, place)).map(([event, { label, target, statutory, ladder }]) => ({
      event,
      label: read(context, label),
      state: place || null,
      to: target ?? null,
      statutory: statutory ?? false,
      ladder: (ladder ?? []).map(({ at, do: act }) => ({ at, do: act })),
    })),
  )

@ObjectType('Deadline', { description: '期限 / A term of a case: when it is over, and what became of it' })
export class DeadlineType {
  constructor(
    readonly row: CaseRow,
    readonly timer: Timer,
    readonly rungs: readonly Timer[],
  ) {}
  @Field(() => ID) get id(): string {
    return this.timer.id
  }
  @Field(() => String, { description: '到期事件（代码） / The event that the clock does' }) get event(): string {
    return this.timer.name
  }
  @Field(() => String) label(@Ctx() context: RequestContext): string {
    return read(context, labelOfEvent(this.#definition(context), this.timer.name))
  }
  @Field(() => String, { nullable: true, description: '所在状态，空表示全案 / The state; null: the whole case' }) get state(): string | null {
    return this.timer.place || null
  }
  @Field(() => DateTime) get startsAt(): Date {
    return new Date(this.timer.startsAt)
  }
  @Field(() => DateTime) get dueAt(): Date {
    return new Date(this.timer.dueAt)
  }
  @Field(() => String, { description: '日历所在时区 / The zone of the calendar by which it is reckoned' }) async zone(
    @Ctx() { pool }: RequestContext,
  ): Promise<string> {
    return ((await calendarAt(pool, this.timer.calendarVersion)) ?? (await newestCalendar(pool))).calendar.zone
  }
  @Field(() => DeadlineStatus) get status(): string {
    return this.timer.status
  }
  @Field(() => Boolean, {
    description: '所涉年度节假日安排尚未公布，公布后重算 / Reaches into a year whose holidays are not announced; it is reckoned anew then',
  })
  get provisional(): boolean {
    return this.timer.provisional
  }
  @Field(() => Int, { description: '累计暂停秒数（按其计量） / How long it has stood still, in seconds of its own measure' }) get pausedSeconds(): number {
    return Math.round(this.timer.pausedMs / 1000)
  }
  @Field(() => [DeadlineRungType]) ladder(@Ctx() context: RequestContext): DeadlineRungType[] {
    const steps = deadlinesIn(this.#definition(context), this.timer.place)[this.timer.name]?.ladder ?? []
    return this.rungs.flatMap(({ rung, dueAt, status }) => {
      const step = steps[rung!]
      return step ? [{ at: step.at, do: step.do, dueAt: new Date(dueAt), status }] : []
    })
  }
  #definition({ processes }: RequestContext): AnyProcess {
    return processes.at(this.row.process, this.row.definitionVersion)!.definition
  }
}
/** The terms of a case, each with the rungs of its ladder, in the order in which they are due. */
export async function deadlinesOf({ loaders }: RequestContext, row: CaseRow): Promise<DeadlineType[]> {
  const timers = await loaders.timers.load(row.id)
  const rungsOf = ({ place, entered, name }: Timer) =>
    timers.filter((one) => one.rung !== null && one.place === place && one.entered === entered && one.name === name)
  return timers.filter(({ rung }) => rung === null).map((timer) => new DeadlineType(row, timer, rungsOf(timer)))
}
