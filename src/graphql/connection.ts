import { Field, Int, ObjectType } from 'type-graphql'
import type { Page } from '../persistence/queries/page.js'

@ObjectType({ description: '分页信息 / Where a page stands in its list' })
export class PageInfo {
  @Field(() => Boolean) hasNextPage!: boolean
  @Field(() => String, { nullable: true }) endCursor!: string | null
}

/** One page of a list, newest first unless told otherwise; `totalCount` is counted only when asked for. */
export interface Connection<T> {
  readonly edges: readonly { readonly cursor: string; readonly node: T }[]
  readonly pageInfo: PageInfo
  readonly count: () => Promise<number>
}

/** The Relay connection type of a node type, as `CaseConnection` of `Case`. `countedTo`: where the count of a long list ends. */
export function connectionType(name: string, node: () => object, countedTo?: number): new () => Connection<any> {
  @ObjectType(`${name}Edge`)
  class Edge {
    @Field(() => String) cursor!: string
    @Field(node as never) node!: unknown
  }
  @ObjectType(`${name}Connection`)
  class ConnectionOfNode {
    @Field(() => [Edge]) edges!: Edge[]
    @Field(() => PageInfo) pageInfo!: PageInfo
    readonly count!: () => Promise<number>
    @Field(() => Int, { description: countedTo ? upTo(countedTo) : '总数，仅在查询时计算 / Counted only when asked for' }) async totalCount(): Promise<number> {
      return Math.min(await this.count(), countedTo ?? Number.POSITIVE_INFINITY)
    }
  }
  if (countedTo !== undefined) addIsExact(ConnectionOfNode, countedTo)
  return ConnectionOfNode as never
}

const upTo = (most: number): string =>
  `总数，仅在查询时计算，最多数到 ${most}（见 totalCountIsExact） / Counted only when asked for, to ${most} at most (see totalCountIsExact)`
function addIsExact(type: { prototype: object }, most: number): void {
  async function totalCountIsExact(this: Connection<unknown>): Promise<boolean> {
    return (await this.count()) <= most
  }
  Object.defineProperty(type.prototype, 'totalCountIsExact', { value: totalCountIsExact, configurable: true })
  const description = '假：总数更多 / False: there are more than totalCount says'
  Field(() => Boolean, { description })(type.prototype, 'totalCountIsExact', Object.getOwnPropertyDescriptor(type.prototype, 'totalCountIsExact')!)
}

/** Turns a page of ids into a connection; ids whose row is gone or hidden are left out. */
export async function connect<Row, Node>(
  page: Page,
  load: (ids: readonly string[]) => Promise<ArrayLike<Row | null | Error>>,
  nodeOf: (row: Row) => Node,
): Promise<Connection<Node>> {
  const rows = Array.from(await load(page.items.map(({ id }) => id)))
  const edges = page.items.flatMap(({ cursor }, index) => {
    const row = rows[index]
    if (row instanceof Error) throw row
    return row ? [{ cursor, node: nodeOf(row) }] : []
  })
  let counted: Promise<number> | undefined
  const count = () => (counted ??= page.total())
  return { edges, pageInfo: { hasNextPage: page.hasNextPage, endCursor: page.items.at(-1)?.cursor ?? null }, count }
}
