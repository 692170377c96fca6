import { Arg, Ctx, Field, Int, ObjectType } from 'type-graphql'
import { labelOfRole, type Role, reason, rolesAbove } from '../define/index.js'
import type { LoadedProcess } from '../engine/processes.js'
import { Refused, refuse } from '../engine/refused.js'
import { isTimeout, type Querier } from '../persistence/pool.js'
import { refusalFigures } from '../persistence/queries/insight-refusals.js'
import { rework } from '../persistence/queries/insight-rework.js'
import { stateFigures } from '../persistence/queries/insight-states.js'
import { termFigures } from '../persistence/queries/insight-terms.js'
import { variantsOf } from '../persistence/queries/insight-variants.js'
import { decidedBySystem, workloadByPerson, workloadByRole } from '../persistence/queries/insight-workload.js'
import { caseFigures, type InsightPeriod } from '../persistence/queries/process-insight.js'
import { type RequestContext, viewerOf } from './context.js'
import { EmployeeType, RoleType } from './people.type.js'
import { ProcessType } from './process.type.js'
import * as part from './process-insight-parts.type.js'
import { Words } from './process-insight-parts.type.js'
import { DateTime } from './scalars.js'

/** What each of these reads of a process weighs among the points of cost of a request, beside what is asked of its answer. */
const weighs = { complexity: 1_000 }
const First = () => Arg('first', () => Int, { nullable: true, description: '1–100，默认 20 / 1 to 100, 20 unless told' })

/** A process, a period, and what reads them: each figure only when it is asked for. */
class Insight {
  #last: Promise<unknown> = Promise.resolve()
  constructor(
    readonly context: RequestContext,
    readonly loaded: LoadedProcess,
    readonly period: InsightPeriod,
  ) {}
  /** One after the other, so that one request leaves the connections to the others. Throws `BUSY` when the database takes too long: a shorter period may do. */
  read<T>(figures: (db: Querier, period: InsightPeriod) => Promise<T>): Promise<T> {
    const mine = this.#last.then(() => figures(this.context.pool, this.period))
    this.#last = mine.catch(() => undefined)
    return mine.catch((error: unknown) => {
      throw isTimeout(error) ? refuse('BUSY', { details: { retryAfterSeconds: 60 } }) : error
    })
  }
  get words(): Words {
    return new Words(this.context, this.period.process)
  }
}

/** Who may see what single people did: who owns the process, the managers, the auditor. Throws `NOT_AUTHORISED` for everybody else. */
function admitToPeople(context: RequestContext, { definition }: LoadedProcess): void {
  const readers = [...new Set<Role>([definition.owner, 'CS_MANAGER', ...rolesAbove('CS_MANAGER'), 'AUDITOR'])]
  const { roles } = viewerOf(context)
  if (!readers.some((role) => roles.includes(role))) throw new Refused(readers.map((role) => reason('NOT_AUTHORISED', labelOfRole(role))))
}

@ObjectType('WorkloadFigures', { description: '工作量与办理时长 / Workload, and how long decisions took' })
export class WorkloadFiguresType {
  constructor(readonly insight: Insight) {}
  @Field(() => [part.RoleWorkloadType], { ...weighs, description: '按角色，仅计人员，办结最多的在前 / By the role in which people decided, busiest first' })
  async byRole(): Promise<part.RoleWorkloadType[]> {
    return (await this.insight.read(workloadByRole)).map(({ role, ...row }) => ({ ...row, role: new RoleType(role as Role) }))
  }
  @Field(() => part.PersonWorkloadsType, {
    ...weighs,
    nullable: true,
    description: '按员工；限流程负责人、客户服务部经理及以上和审计员 / By employee; for the owner of the process, the CS manager and above, and the auditor',
  })
  async byPerson(@Ctx() context: RequestContext, @First() first?: number): Promise<part.PersonWorkloadsType> {
    admitToPeople(context, this.insight.loaded)
    const { total, items } = await this.insight.read((db, period) => workloadByPerson(db, period, first))
    const rows = await context.loaders.employee.loadMany(items.map(({ employeeId }) => employeeId))
    return {
      total,
      items: items.flatMap(({ employeeId: _id, ...figures }, index) => {
        const row = rows[index]
        return row && !(row instanceof Error) ? [{ ...figures, employee: new EmployeeType(row) }] : []
      }),
    }
  }
  @Field(() => Int, { ...weighs, description: '由系统或服务账号办结的任务 / Tasks done by the clock, by word from another case or by a service account' })
  decidedBySystem(): Promise<number> {
    return this.insight.read(decidedBySystem)
  }
}

@ObjectType('ProcessInsight', { description: '流程洞察：一段时间内流程的实际运行 / How a process has really run, in a period by the clock of the database' })
export class ProcessInsightType {
  readonly #insight: Insight
  constructor(context: RequestContext, loaded: LoadedProcess, period: InsightPeriod) {
    this.#insight = new Insight(context, loaded, period)
  }
  @Field(() => ProcessType) get process(): ProcessType {
    return new ProcessType(this.#insight.loaded)
  }
  @Field(() => DateTime) get from(): Date {
    return this.#insight.period.from
  }
  @Field(() => DateTime, { description: '期末，不含 / The end of the period, which belongs to the next one' }) get before(): Date {
    return this.#insight.period.before
  }
  @Field(() => part.CaseFiguresType, weighs) cases(): Promise<part.CaseFiguresType> {
    return this.#insight.read(caseFigures) as Promise<part.CaseFiguresType>
  }
  @Field(() => [part.StateFiguresType], { ...weighs, description: '按流程顺序 / In the order of the process' })
  async states(@Ctx() { processes }: RequestContext): Promise<part.StateFiguresType[]> {
    return this.#insight.words.inOrder(await this.#insight.read((db, period) => stateFigures(db, processes, period)))
  }
  @Field(() => part.ReworkFiguresType, weighs) async rework(): Promise<part.ReworkFiguresType> {
    const { closed, straight, loops } = await this.#insight.read(rework)
    const { words } = this.#insight
    return { closed, straight, straightShare: closed === 0 ? null : straight / closed, loops: loops.map((row) => words.loop(row)) }
  }
  @Field(() => [part.RefusalFiguresType], { ...weighs, description: '最多的在前 / Most frequent first' }) async refusals(): Promise<part.RefusalFiguresType[]> {
    const { words } = this.#insight
    return (await this.#insight.read(refusalFigures)).map((row) => words.refusal(row))
  }
  @Field(() => [part.TermFiguresType], { ...weighs, description: '期限遵守情况 / Deadline compliance, by term' })
  async terms(@Ctx() { processes }: RequestContext): Promise<part.TermFiguresType[]> {
    const { words } = this.#insight
    return (await this.#insight.read((db, period) => termFigures(db, processes, period))).map((row) => words.term(row))
  }
  @Field(() => WorkloadFiguresType) get workload(): WorkloadFiguresType {
    return new WorkloadFiguresType(this.#insight)
  }
  @Field(() => part.ProcessVariantsType, { ...weighs, description: '最常见的路径 / The most frequent ways' })
  async variants(@First() first?: number): Promise<part.ProcessVariantsType> {
    const { total, items } = await this.#insight.read((db, period) => variantsOf(db, period, first))
    const { words } = this.#insight
    return { total, items: items.map((one) => ({ ...one, activities: one.activities.map((step) => words.activity(step)) })) }
  }
}
