package io.waybill.client;

import io.waybill.domain.FieldError;
import java.util.List;

/**
 * A request or a destination is not as the rules want it, and nothing has changed: either nothing
 * was published, or the installation refused it.
 */
public final class RefusedException extends WaybillException {
  private static final long serialVersionUID = 1L;

  private final transient List<FieldError> errors;

  RefusedException(String what, List<FieldError> errors) {
    super(words(what, errors));
    this.errors = List.copyOf(errors);
  }

  private static String words(String what, List<FieldError> errors) {
    StringBuilder words = new StringBuilder(what);
    for (FieldError error : errors) {
      words.append("\n  ").append(error).append(" [").append(error.code()).append(']');
    }
    return words.toString();
  }

  /** Everything that is wrong, by the names that the fields have in JSON. */
  public List<FieldError> errors() {
    return errors;
  }
}
