type IsAny<T> = 0 extends 1 & T ? true : false
type Primitive = string | number | boolean | null | undefined
type Callable = (...input: never[]) => unknown

/** How many levels are left, by the number of levels: recursive types have no end, so the check has one. */
type Deeper = [never, 0, 1, 2, 3]

type Name<K> = K extends string | number ? string extends K ? '[key]' : number extends K ? '[key]' : `${K}` : never
type Join<Path extends string, K> = Path extends '' ? Name<K> : `${Path}.${Name<K>}`
type Problem<Path extends string, Kind extends string> = `JSON can't hold ${Kind}: \`${Path}\``

type MethodKeys<T> = {
  [K in keyof T]-?: K extends symbol ? never
    : IsAny<T[K]> extends true ? never
      // A field that is always null or undefined: `never` would extend a function.
      : [NonNullable<T[K]>] extends [never] ? never
          : NonNullable<T[K]> extends Callable ? K : never
}[keyof T]

/** A problem for every value in `T` that JSON would drop, empty or refuse; `never` if there is none. */
type ProblemOf<T, Path extends string, Depth extends number> = unknown extends T ? never
  : [Depth] extends [never] ? never
      : T extends Primitive | { toJSON: Callable } ? never
        : T extends bigint ? Problem<Path, 'a BigInt'>
          : T extends symbol ? Problem<Path, 'a symbol'>
            : T extends Callable ? Problem<Path, 'a function'>
              : ObjectProblem<T, Path, Depth>

type ObjectProblem<T, Path extends string, Depth extends number>
  = T extends PromiseLike<unknown> ? Problem<Path, 'a Promise, await it'>
    : T extends ReadonlyMap<unknown, unknown> ? Problem<Path, 'a Map'>
      : T extends ReadonlySet<unknown> ? Problem<Path, 'a Set'>
        : T extends readonly (infer Item)[] ? ProblemOf<Item, Join<Path, '0'>, Deeper[Depth]>
          // Methods first: the other fields of a class instance need no look.
          : [MethodKeys<T>] extends [never] ? FieldProblem<T, Path, Deeper[Depth]>
              : Problem<Join<Path, MethodKeys<T>>, 'a function'>

type FieldProblem<T, Path extends string, Depth extends number> = {
  [K in keyof T]-?: K extends symbol ? never : ProblemOf<T[K], Join<Path, K>, Depth>
}[keyof T]

/**
 * Added to the type of a function that returns `T`: `unknown`, which changes nothing, if JSON can hold `T`. Otherwise a
 * text that no function is assignable to, such as "JSON can't hold a Map: `team.seats`", so that the compiler shows it.
 * Looks four levels deep. Only what the type shows: `requireJson` checks the value.
 */
export type JsonOnly<T> = [ProblemOf<T, '', 4>] extends [never] ? unknown : ProblemOf<T, '', 4>
