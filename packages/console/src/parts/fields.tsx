import type { ReactNode } from 'react';
import {
  Button,
  Checkbox,
  CheckboxGroup,
  ComboBox,
  FieldError,
  Input,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
  Select as AriaSelect,
  SelectValue,
  Switch as AriaSwitch,
  Text,
  TextArea,
  TextField as AriaTextField,
} from 'react-aria-components';
import { Icon } from './icon.tsx';

interface FieldProps {
  readonly label: string;
  /** Below the field: what it means, what a good value is. */
  readonly hint?: ReactNode;
  /** What is wrong with the value. */
  readonly error?: string | undefined;
  readonly isDisabled?: boolean;
  readonly isRequired?: boolean;
}

export interface Option {
  readonly value: string;
  readonly label: string;
  readonly detail?: string;
}

interface TextProps extends FieldProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly type?: 'text' | 'email' | 'url' | 'number' | 'password' | 'search' | 'date';
  readonly placeholder?: string;
  /** More than 1: several lines. */
  readonly rows?: number;
  readonly maxLength?: number;
  readonly isMono?: boolean;
  readonly autoFocus?: boolean;
  readonly name?: string;
}

export function TextField({
  label,
  hint,
  error,
  rows = 1,
  placeholder = '',
  isMono = false,
  isDisabled = false,
  isRequired = false,
  ...rest
}: TextProps) {
  const className = isMono ? 'input mono' : 'input';
  return (
    <AriaTextField
      {...rest}
      className="field"
      isInvalid={error !== undefined}
      isDisabled={isDisabled}
      isRequired={isRequired}
      validationBehavior="aria"
    >
      <Label>{label}</Label>
      {rows > 1 ? (
        <TextArea className={className} rows={rows} placeholder={placeholder} />
      ) : (
        <Input className={className} placeholder={placeholder} />
      )}
      <Below hint={hint} error={error} />
    </AriaTextField>
  );
}

interface ChoiceProps extends FieldProps {
  readonly options: readonly Option[];
  readonly value: string | undefined;
  readonly onChange: (value: string) => void;
  readonly placeholder?: string;
}

/** One of a few options. */
export function SelectField({
  label,
  hint,
  error,
  options,
  value,
  onChange,
  placeholder = '',
  isDisabled = false,
}: ChoiceProps) {
  return (
    <AriaSelect
      className="field"
      placeholder={placeholder}
      selectedKey={value ?? null}
      onSelectionChange={(key) => key !== null && onChange(String(key))}
      isInvalid={error !== undefined}
      isDisabled={isDisabled}
    >
      <Label>{label}</Label>
      <Button className="input select">
        <SelectValue />
        <Icon name="down" />
      </Button>
      <Below hint={hint} error={error} />
      <Options options={options} />
    </AriaSelect>
  );
}

/** One of many options, found by typing. With `allowsOther`, any text is a value. */
export function ComboField({
  label,
  hint,
  error,
  options,
  value,
  onChange,
  placeholder = '',
  allowsOther = false,
  isDisabled = false,
}: ChoiceProps & { readonly allowsOther?: boolean }) {
  return (
    <ComboBox
      className="field"
      defaultInputValue={options.find((option) => option.value === value)?.label ?? value ?? ''}
      selectedKey={options.some((option) => option.value === value) ? (value ?? null) : null}
      onSelectionChange={(key) => key !== null && onChange(String(key))}
      {...(allowsOther ? { onInputChange: onChange } : {})}
      allowsCustomValue={allowsOther}
      isInvalid={error !== undefined}
      isDisabled={isDisabled}
      menuTrigger="focus"
    >
      <Label>{label}</Label>
      <div className="combo">
        <Input className="input" placeholder={placeholder} />
        <Button className="combo-button">
          <Icon name="down" />
        </Button>
      </div>
      <Below hint={hint} error={error} />
      <Options options={options} />
    </ComboBox>
  );
}

/** Any number of a few options. */
export function MultiSelectField({
  label,
  hint,
  error,
  options,
  value,
  onChange,
  isDisabled = false,
}: FieldProps & {
  readonly options: readonly Option[];
  readonly value: readonly string[];
  readonly onChange: (value: string[]) => void;
}) {
  return (
    <CheckboxGroup
      className="field"
      value={[...value]}
      onChange={onChange}
      isInvalid={error !== undefined}
      isDisabled={isDisabled}
    >
      <Label>{label}</Label>
      <div className="checks">
        {options.map((option) => (
          <Checkbox key={option.value} value={option.value} className="check">
            <span className="check-box">
              <Icon name="check" size={12} />
            </span>
            <span>
              {option.label}
              {option.detail !== undefined && <small>{option.detail}</small>}
            </span>
          </Checkbox>
        ))}
      </div>
      <Below hint={hint} error={error} />
    </CheckboxGroup>
  );
}

export function SwitchField({
  label,
  hint,
  isOn,
  onChange,
  isDisabled = false,
}: {
  readonly label: string;
  readonly hint?: ReactNode;
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
  readonly isDisabled?: boolean;
}) {
  return (
    <AriaSwitch className="switch" isSelected={isOn} onChange={onChange} isDisabled={isDisabled}>
      <span className="switch-track">
        <span className="switch-thumb" />
      </span>
      <span>
        {label}
        {hint !== undefined && <small>{hint}</small>}
      </span>
    </AriaSwitch>
  );
}

function Below({ hint, error }: Pick<FieldProps, 'hint' | 'error'>) {
  return (
    <>
      {hint !== undefined && (
        <Text slot="description" className="field-hint">
          {hint}
        </Text>
      )}
      <FieldError className="field-error">{error}</FieldError>
    </>
  );
}

export function Options({ options }: { readonly options: readonly Option[] }) {
  return (
    <Popover className="popover">
      <ListBox className="menu">
        {options.map((option) => (
          <ListBoxItem
            key={option.value}
            id={option.value}
            textValue={option.label}
            className="menu-item"
          >
            <span className="menu-text">
              {option.label}
              {option.detail !== undefined && <small>{option.detail}</small>}
            </span>
            <Icon name="check" />
          </ListBoxItem>
        ))}
      </ListBox>
    </Popover>
  );
}
