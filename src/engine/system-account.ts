import type { Party } from './case-record.js'

/**
 * The account of the system itself: it opens the cases that nobody applies for. It holds no role, has no password, and nobody
 * can sign in as it. Every database has it from its migrations on.
 */
export const systemAccount: Party = { employeeId: '69a6bffb-5c3f-59a2-9a5f-56372e00f2f3', personId: 'd0fc553f-6366-5be7-868e-8c13b504872f' }
