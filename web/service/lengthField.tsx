import { useState } from 'react'
import { lengthOf, type Unit, units } from './lengths.ts'

interface LengthFieldProps {
  label: string
  seconds: number | null
  placeholder?: string
  onChange(seconds: number | null): void
}

/** A field for a length of time. An empty field is `null`. */
export function LengthField({ label, seconds, placeholder, onChange }: LengthFieldProps) {
  const [unit, setUnit] = useState<Unit>(seconds === null ? 'minutes' : lengthOf(seconds).unit)
  const change = (text: string, of: Unit) => onChange(text === '' ? null : Number(text) * units[of])
  const count = seconds === null ? '' : String(seconds / units[unit])
  return (
    <div className="field length-field" role="group" aria-label={label}>
      <span>{label}</span>
      <span className="length">
        <input
          type="number"
          min="0"
          step="any"
          aria-label={`${label}, in ${unit}`}
          value={count}
          placeholder={placeholder}
          onChange={({ target }) => change(target.value, unit)}
        />
        <select
          aria-label={`Unit of ${label.toLowerCase()}`}
          value={unit}
          onChange={({ target }) => {
            const chosen = target.value as Unit
            setUnit(chosen)
            change(count, chosen)
          }}
        >
          {Object.keys(units).map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </span>
    </div>
  )
}
