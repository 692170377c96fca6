import DataLoader from 'dataloader'
import type pg from 'pg'
import type { Actor } from '../define/index.js'
import { accessTo, type CaseAccess, customersHandled } from '../persistence/queries/access.js'

/** What the viewer has to do with cases and customers: what decides how much of them he is shown. */
export const accessLoaders = (pool: pg.Pool, viewer: Actor | null) => ({
  /** Of each case; null for one that does not exist. */
  access: new DataLoader<string, CaseAccess | null>(async (ids) => {
    const found = new Map((viewer ? await accessTo(pool, ids, viewer) : []).map((access) => [access.caseId, access]))
    return ids.map((id) => found.get(id) ?? null)
  }),
  /** Does he handle an open case of each customer? */
  handlesCustomer: new DataLoader<string, boolean>(async (ids) => {
    const handled = viewer ? await customersHandled(pool, ids, viewer) : new Set()
    return ids.map((id) => handled.has(id))
  }),
})
