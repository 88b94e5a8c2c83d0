package io.waybill.domain;

/**
 * One thing that is wrong with an input.
 *
 * @param field the path as its writer knows it: {@code options.priority}, {@code
 *     config.webhook.url}; empty when the whole is meant
 * @param code a stable kebab-case word that programs can switch on
 * @param message what is wrong and what would be right; never repeats a secret or a payload
 */
public record FieldError(String field, String code, String message) {
  @Override
  public String toString() {
    return field.isEmpty() ? message : field + ": " + message;
  }
}
