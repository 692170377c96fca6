import { afterAll, beforeAll, expect, test } from '@jest/globals'
import pg from 'pg'
import { Registry } from 'prom-client'
import { watchClock } from '../../src/jobs/clock-watch.js'
import { pause } from '../support/acts.js'
import { type House, openHouse } from '../support/house.js'

/** A database whose clock the test sets: its sessions find another function before PostgreSQL's own. */
let house: House
let pool: pg.Pool
beforeAll(async () => {
  house = await openHouse()
  await house.owner.query(`create schema set_clock; create table set_clock.by (seconds float8); insert into set_clock.by values (0);
    create function set_clock.clock_timestamp() returns timestamptz language sql as
      'select pg_catalog.clock_timestamp() + seconds * interval ''1 second'' from set_clock.by'`)
  pool = new pg.Pool({ connectionString: house.ownerUrl, options: '-c search_path=set_clock,pg_catalog' })
})
afterAll(async () => {
  await pool.end()
  await house.close()
})

test('a clock of the database that is set back or forward is reported with the step, a small correction is not', async () => {
  const metrics = new Registry()
  const reported: string[] = []
  const watching = watchClock({ pool, metrics, report: (error) => void reported.push((error as Error).message), pauseMs: 40 })
  const step = async () => Number(/^countersign_database_clock_step_seconds (\S+)/m.exec(await metrics.metrics())![1])
  const setTo = async (seconds: number) => {
    await pause(200)
    await house.owner.query('update set_clock.by set seconds = $1', [seconds])
    await pause(200)
  }
  await setTo(-1.5)
  expect([reported, await step()]).toEqual([[], 0])
  await setTo(-172_801.5)
  expect(reported).toEqual([expect.stringMatching(/^the clock of the database was set back by 172(799|800)\.\d s$/)])
  expect(await step()).toBeCloseTo(-172_800, 0)
  await setTo(0)
  expect(reported[1]).toMatch(/^the clock of the database was set forward by 17280[12]\.\d s$/)
  expect(await step()).toBeGreaterThan(172_800)
  await watching.stop()
  expect(reported.length).toBe(2)
})
