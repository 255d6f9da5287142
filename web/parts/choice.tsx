interface ChoiceProps<T extends string | number> {
  label: string
  options: readonly { value: T; words: string }[]
  value: T
  onChange(value: T): void
}

/** A choice between a few options that are all in sight (radio buttons). */
export function Choice<T extends string | number>({ label, options, value, onChange }: ChoiceProps<T>) {
  return (
    <fieldset className="choice">
      <legend>{label}</legend>
      {options.map((option) => (
        <label key={option.value}>
          <input
            type="radio"
            checked={option.value === value}
            onChange={() => onChange(option.value)}
            name={label}
            value={option.value}
          />
          <span>{option.words}</span>
        </label>
      ))}
    </fieldset>
  )
}
