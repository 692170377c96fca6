import { Arg, Ctx, ID, Int, Query, Resolver } from 'type-graphql'
import { labelOfRole, type Role, reason } from '../define/index.js'
import { Refused, refuse } from '../engine/refused.js'
import type { Period } from '../persistence/queries/complaint-facts.js'
import { complaintDutyCheck, complaintStatistics, complaintSummary, findReceived } from '../persistence/queries/complaint-statistics.js'
import { type TrackingRow, trackingRows } from '../persistence/queries/complaint-tracking.js'
import type { Page } from '../persistence/queries/page.js'
import {
  ComplaintAnalysisHeadType,
  ComplaintDutyType,
  ComplaintStatisticsRowConnection,
  ComplaintStatisticsRowType,
  ComplaintStatisticsType,
  ComplaintSummaryType,
} from './complaint-reports.type.js'
import { ComplaintTrackingRowConnection, ComplaintTrackingRowType } from './complaint-tracking.type.js'
import { type Connection, connect } from './connection.js'
import { type RequestContext, uuid, viewerOf } from './context.js'
import { LocalDate } from './scalars.js'

const From = () => Arg('from', () => LocalDate, { description: '期间起，含当日（上海时间） / First day, in Shanghai' })
const To = () => Arg('to', () => LocalDate, { description: '期间止，含当日 / Last day, included' })
const After = () => Arg('after', () => String, { nullable: true })

/** Complaint roles, the management of customer service, auditors. */
const readers: readonly Role[] = ['COMPLAINT_SPECIALIST', 'COMPLAINT_SUPERVISOR', 'CS_MANAGER', 'CS_DIRECTOR', 'AUDITOR']
/** Throws `NOT_AUTHORISED` for everybody else. */
function admit(context: RequestContext): void {
  const { roles } = viewerOf(context)
  if (!readers.some((role) => roles.includes(role))) throw new Refused(readers.map((role) => reason('NOT_AUTHORISED', labelOfRole(role))))
}
/** Throws `INPUT_INVALID` for a period that ends before it begins. */
function periodOf(from: string, to: string): Period {
  if (to < from) throw refuse('INPUT_INVALID', { fields: [{ path: 'to', code: 'DATE_INVALID', message: ['不得早于期间起', 'not before the first day'] }] })
  return { from, to }
}
/** The complaints of a page as lines of a sheet. */
const lines = <T>({ pool, keys }: RequestContext, page: Page, lineOf: new (row: TrackingRow) => T) =>
  connect(
    page,
    async (ids) => {
      const rows = await trackingRows(pool, keys, ids)
      return ids.map((id) => rows.get(id) ?? null)
    },
    (row) => new lineOf(row),
  )

/** Reports on complaints, computed from the cases whenever they are asked for. A complaint belongs to the period in which it came in. */
@Resolver()
export class ComplaintReportsResolver {
  @Query(() => ComplaintStatisticsType, { description: '客户投诉统计 / Complaint statistics of a period, all of one kind unless told' })
  async complaintStatistics(
    @Ctx() context: RequestContext,
    @From() from: string,
    @To() to: string,
    @Arg('complaintKind', () => String, { nullable: true }) complaintKind: string | null,
  ): Promise<ComplaintStatisticsType> {
    admit(context)
    return new ComplaintStatisticsType(await complaintStatistics(context.pool, periodOf(from, to), complaintKind))
  }
  @Query(() => ComplaintStatisticsRowConnection, { description: '客户投诉统计明细 / The rows of the complaint statistics, in the order of reception' })
  async complaintStatisticsRows(
    @Ctx() context: RequestContext,
    @From() from: string,
    @To() to: string,
    @Arg('complaintKind', () => String, { nullable: true }) kind: string | null,
    @Arg('first', () => Int, { nullable: true }) first?: number,
    @After() after?: string,
  ): Promise<Connection<ComplaintStatisticsRowType>> {
    admit(context)
    return lines(context, await findReceived(context.pool, periodOf(from, to), { kind }, { first, after }), ComplaintStatisticsRowType)
  }
  @Query(() => ComplaintAnalysisHeadType, { description: '客户投诉分析表表头 / The head of the analysis sheet of one complaint' })
  async complaintAnalysis(@Ctx() context: RequestContext, @Arg('complaintId', () => ID) complaintId: string): Promise<ComplaintAnalysisHeadType> {
    admit(context)
    const id = uuid(complaintId)
    const row = (await trackingRows(context.pool, context.keys, [id])).get(id)
    if (!row) throw refuse('NOT_FOUND')
    return new ComplaintAnalysisHeadType(row)
  }
  @Query(() => ComplaintTrackingRowConnection, { description: '客户投诉案件追踪表 / The complaint tracking sheet, in the order of reception' })
  async complaintTracking(
    @Ctx() context: RequestContext,
    @From() from: string,
    @To() to: string,
    @Arg('openOnly', () => Boolean, { nullable: true, description: '仅未结 / Only those still open' }) openOnly: boolean | null,
    @Arg('first', () => Int, { nullable: true, description: '1–100，默认每页 12 件 / 12 unless told, as printed' }) first?: number | null,
    @After() after?: string,
  ): Promise<Connection<ComplaintTrackingRowType>> {
    admit(context)
    return lines(context, await findReceived(context.pool, periodOf(from, to), { openOnly }, { first: first ?? 12, after }), ComplaintTrackingRowType)
  }
  @Query(() => ComplaintSummaryType, { description: '客户投诉总结 / The figures of the complaint summary' })
  async complaintSummary(@Ctx() context: RequestContext, @From() from: string, @To() to: string): Promise<ComplaintSummaryType> {
    admit(context)
    return Object.assign(new ComplaintSummaryType(), await complaintSummary(context.pool, periodOf(from, to)))
  }
  @Query(() => ComplaintDutyType, { description: '投诉受理检查 / What became of the complaints of one handler within a period' })
  async complaintDutyCheck(
    @Ctx() context: RequestContext,
    @Arg('handlerId', () => ID) handlerId: string,
    @From() from: string,
    @To() to: string,
  ): Promise<ComplaintDutyType> {
    admit(context)
    const id = uuid(handlerId)
    if (!(await context.loaders.employee.load(id))) throw refuse('NOT_FOUND')
    return Object.assign(new ComplaintDutyType(), await complaintDutyCheck(context.pool, periodOf(from, to), id), { handlerId: id })
  }
}
