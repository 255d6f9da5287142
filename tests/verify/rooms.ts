import type { IModule } from 'dependency-cruiser'

/** A folder of `server/` or `bot/`, or a single file that lies in none. */
type Room = string

/**
 * Finds cycles of rooms that import each other by value, directly or over other rooms.
 *
 * @returns one line for each cycle: its rooms, and for each step a file that imports another
 */
export function circlesOfRooms(modules: readonly IModule[]): string[] {
  const ties = tiesOf(modules)
  const told = new Set<Room>()
  const circles: string[] = []
  for (const room of ties.keys()) {
    const circle = told.has(room) ? null : shortestWayBack(room, ties)
    if (!circle) continue
    for (const one of circle) told.add(one)
    const steps = circle.map((one, index) => ties.get(one)?.get(circle[(index + 1) % circle.length] as Room))
    circles.push(`${[...circle, room].join(' → ')}: ${steps.join(', ')}`)
  }
  return circles
}

const ROOMS = /^(server|bot)\//

/** The room of a file: `server/alert/mute.ts` is in `server/alert`, and `server/errors.ts` is a room of its own. */
function roomOf(file: string): Room {
  const [house, folder, ...rest] = file.split('/')
  return rest.length > 0 ? `${house}/${folder}` : file
}

/** The rooms that each room imports by value, with an example of two files. */
function tiesOf(modules: readonly IModule[]): Map<Room, Map<Room, string>> {
  const ties = new Map<Room, Map<Room, string>>()
  for (const { source, dependencies } of modules) {
    if (!ROOMS.test(source)) continue
    const room = roomOf(source)
    const its = ties.get(room) ?? new Map<Room, string>()
    ties.set(room, its)
    for (const { resolved, dependencyTypes } of dependencies) {
      const other = roomOf(resolved)
      if (!ROOMS.test(resolved) || other === room || dependencyTypes.includes('type-only')) continue
      if (!its.has(other)) its.set(other, `${source} imports ${resolved}`)
    }
  }
  return ties
}

/** Finds the shortest cycle through a room, by breadth-first search. */
function shortestWayBack(room: Room, ties: Map<Room, Map<Room, string>>): Room[] | null {
  const cameFrom = new Map<Room, Room>()
  const ahead = [room]
  for (let one = ahead.shift(); one !== undefined; one = ahead.shift()) {
    for (const next of ties.get(one)?.keys() ?? []) {
      if (next === room) return wayTo(one, cameFrom)
      if (cameFrom.has(next)) continue
      cameFrom.set(next, one)
      ahead.push(next)
    }
  }
  return null
}

function wayTo(last: Room, cameFrom: ReadonlyMap<Room, Room>): Room[] {
  const way: Room[] = []
  for (let one: Room | undefined = last; one !== undefined; one = cameFrom.get(one)) way.unshift(one)
  return way
}
