package io.waybill.destinations;

import io.waybill.domain.DestinationConfig;
import io.waybill.domain.DestinationRules;
import io.waybill.domain.FieldError;
import io.waybill.domain.SealedField;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Sealed credentials against the configuration that needs them. What is inside a seal cannot be
 * checked here: the topology has no key.
 */
final class SealedFields {
  static final int MAX_CIPHERTEXT_BYTES = 16 * 1024;

  private static final String FIELD = "secrets";
  private static final Pattern SHOWABLE_NAME = Pattern.compile("[!-~]{1,256}");

  /** Hexadecimal only: a publisher in error cannot put a credential into the audit through it. */
  private static final Pattern FINGERPRINT = Pattern.compile("[0-9a-f]{12,64}");

  private SealedFields() {}

  /** The fields that a configuration ends up with, and what is wrong with those that were given. */
  record Merged(List<SealedField> fields, List<FieldError> errors) {}

  /**
   * Exactly one field for each credential of {@code config}: the given one, else the stored one.
   * Stored fields that the configuration no longer names are left out.
   */
  static Merged merge(DestinationConfig config, List<SealedField> given, List<SealedField> stored) {
    Set<String> expected = new LinkedHashSet<>(config.credentialNames());
    List<FieldError> errors = new ArrayList<>();
    Map<String, SealedField> byName = new LinkedHashMap<>();
    for (SealedField field : given) {
      errors.addAll(check(field));
      errors.addAll(checkBinding(field, stored));
      if (!expected.contains(field.name())) {
        errors.add(
            new FieldError(
                FIELD,
                "unknown-field",
                shown(field.name())
                    + " belongs to nothing in the configuration: leave the field out, or name in"
                    + " config what it is for"));
      } else if (byName.putIfAbsent(field.name(), field) != null) {
        errors.add(
            new FieldError(FIELD, "duplicate-field", shown(field.name()) + " is given twice"));
      }
    }
    stored.forEach(field -> byName.putIfAbsent(field.name(), field));
    List<SealedField> fields = new ArrayList<>();
    expected.forEach(name -> {
      SealedField field = byName.get(name);
      if (field != null) {
        fields.add(field);
        return;
      }
      errors.add(
          new FieldError(
              FIELD,
              "credentials-missing",
              shown(name)
                  + " is missing: each credential of the configuration must be sealed and sent"
                  + " with the command"));
    });
    return new Merged(List.copyOf(fields), List.copyOf(errors));
  }

  /**
   * Refuses to take credentials along to another place. Whoever may write commands could otherwise
   * point a destination at himself and be sent what was sealed for its owner. Only new seals count
   * as given again: a copy of the stored one is what such a person has. An earlier seal, which is
   * not known here, does not open at the new place (docs/decisions/0025).
   *
   * @param fields what the destination ends up with
   */
  static List<FieldError> checkTakenAlong(
      DestinationConfig before,
      DestinationConfig after,
      List<SealedField> fields,
      List<SealedField> stored) {
    if (before.type() != after.type() || before.credentialsGoTo().equals(after.credentialsGoTo())) {
      return List.of();
    }
    List<FieldError> errors = new ArrayList<>();
    for (SealedField field : fields) {
      if (stored.stream().anyMatch(old -> Arrays.equals(old.ciphertext(), field.ciphertext()))) {
        errors.add(
            new FieldError(
                FIELD,
                DestinationRules.CREDENTIALS_NEEDED_AGAIN,
                shown(field.name())
                    + " was given for another "
                    + place(after)
                    + ": a credential goes only where its owner sent it, so give its value again"
                    + " with the change"));
      }
    }
    return errors;
  }

  private static String place(DestinationConfig config) {
    return switch (config.type()) {
      case WEBHOOK -> "protocol, host or port of config.webhook.url";
      case EMAIL -> "config.email.service, or host, port or TLS of config.email.smtpConfig";
      case STORAGE -> "config.storage.config.endpoint";
    };
  }

  /** Whether the fields hold the same values, as far as fingerprints tell: seals always differ. */
  static boolean sameValues(List<SealedField> some, List<SealedField> others) {
    return some.size() == others.size() && fingerprints(some).equals(fingerprints(others));
  }

  /** Fingerprints by field name. */
  static Map<String, String> fingerprints(Collection<SealedField> fields) {
    return fields.stream()
        .collect(
            Collectors.toMap(
                SealedField::name, SealedField::fingerprint, (first, second) -> first));
  }

  private static List<FieldError> check(SealedField field) {
    List<FieldError> errors = new ArrayList<>();
    int size = field.ciphertext().length;
    if (size == 0 || size > MAX_CIPHERTEXT_BYTES) {
      errors.add(
          new FieldError(
              FIELD,
              "invalid-ciphertext",
              shown(field.name())
                  + " has "
                  + size
                  + " bytes of ciphertext, 1 to "
                  + MAX_CIPHERTEXT_BYTES
                  + " are allowed"));
    }
    if (!FINGERPRINT.matcher(field.fingerprint()).matches()) {
      errors.add(
          new FieldError(
              FIELD,
              "invalid-fingerprint",
              shown(field.name())
                  + " has a fingerprint that is not 12 to 64 lower-case hexadecimal digits"));
    }
    return errors;
  }

  /**
   * New seals are bound to a place. One that is not could be an old one, made for another; it is
   * taken only as a copy of what is stored.
   */
  private static List<FieldError> checkBinding(SealedField field, List<SealedField> stored) {
    if (field.binding() == SealedField.TO_PLACE || stored.contains(field)) {
      return List.of();
    }
    return List.of(
        new FieldError(
            FIELD,
            "invalid-binding",
            shown(field.name())
                + " is not sealed for one place, as this version wants it (binding "
                + SealedField.TO_PLACE
                + ", not "
                + field.binding()
                + "): give its value anew, with a Waybill of the installation's version"));
  }

  private static String shown(String name) {
    return SHOWABLE_NAME.matcher(name).matches()
        ? name
        : "a field whose name is not 1 to 256 characters of visible ASCII";
  }
}
