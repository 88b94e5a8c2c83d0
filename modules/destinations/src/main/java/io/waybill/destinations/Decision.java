package io.waybill.destinations;

import io.waybill.domain.Destination;
import io.waybill.domain.FieldError;
import io.waybill.domain.SealedField;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What becomes of one command. */
sealed interface Decision {

  /**
   * The destination is new or another.
   *
   * @param action the audit word: {@code destination-updated}
   * @param secrets all of its sealed credentials, in the order of its headers
   * @param details for the audit: names of changed fields and fingerprints
   */
  record Changed(
      String action, Destination after, List<SealedField> secrets, Map<String, String> details)
      implements Decision {
    public Changed {
      secrets = List.copyOf(secrets);
      details = Map.copyOf(details);
    }
  }

  /** What was wished for is so already. */
  record Unchanged(long version) implements Decision {}

  /**
   * Nothing changes.
   *
   * @param foreign the command named a destination of another organization: a security event
   */
  record Refused(List<FieldError> errors, boolean foreign) implements Decision {
    /** A command of a megabyte can have errors of a hundred: more than a record may hold. */
    static final int MAX_ERRORS = 100;

    public Refused {
      errors = capped(errors);
    }

    Refused(List<FieldError> errors) {
      this(errors, false);
    }

    private static List<FieldError> capped(List<FieldError> errors) {
      if (errors.size() <= MAX_ERRORS) {
        return List.copyOf(errors);
      }
      List<FieldError> shown = new ArrayList<>(errors.subList(0, MAX_ERRORS));
      shown.add(
          new FieldError(
              "", "too-many-errors", "and " + (errors.size() - MAX_ERRORS) + " further errors"));
      return List.copyOf(shown);
    }
  }
}
