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

/** The Relay connection type of a node type, as `CaseConnection` of `Case`. */
export function connectionType(name: string, node: () => object): new () => Connection<any> {
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
    @Field(() => Int, { description: '总数，仅在查询时计算 / Counted only when asked for' }) totalCount(): Promise<number> {
      return this.count()
    }
  }
  return ConnectionOfNode as never
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
  return { edges, pageInfo: { hasNextPage: page.hasNextPage, endCursor: page.items.at(-1)?.cursor ?? null }, count: page.total }
}
