package io.waybill.destinations;

import io.waybill.domain.DestinationCommand;
import io.waybill.domain.DestinationConfig;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationRules;
import io.waybill.domain.EmailConfig;
import io.waybill.domain.EmailRules;
import io.waybill.domain.FieldError;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.RequestRules;
import io.waybill.domain.SealedField;
import io.waybill.domain.StorageConfig;
import io.waybill.domain.StorageRules;
import io.waybill.domain.WebhookConfig;
import io.waybill.domain.WebhookRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** What can be said of a command without looking at any destination. */
final class CommandRules {
  /** More are refused as a whole; up to here every single one is judged. */
  private static final int MOST_JUDGED = 10 * WebhookRules.MAX_HEADERS;

  /** Longest reason of a disabling, in characters. */
  static final int MAX_REASON_LENGTH = 500;

  /** Lower case only: two spellings of one UUID would be two keys. */
  private static final Pattern UUID_FORM =
      Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

  private CommandRules() {}

  /** What is wrong with who asks. */
  static List<FieldError> checkSender(DestinationCommand command) {
    List<FieldError> errors = new ArrayList<>();
    // The stand-in for "not known" can be decoded, but nobody may speak for it.
    if (!OrganizationId.isValid(command.organizationId().value())) {
      errors.add(
          new FieldError(
              "organizationId", "invalid-value", "must be " + OrganizationId.FORM_IN_WORDS));
    }
    if (!RequestRules.isActor(command.actor())) {
      errors.add(
          new FieldError(
              "actor",
              "invalid-value",
              "must say who asks: 1 to "
                  + RequestRules.MAX_ACTOR_LENGTH
                  + " characters without control characters"));
    }
    return errors;
  }

  /** What is wrong with why a destination is disabled: it is shown to people and audited. */
  static List<FieldError> checkReason(Optional<String> reason) {
    boolean good =
        reason
            .filter(text ->
                text.isBlank()
                    || text.length() > MAX_REASON_LENGTH
                    || RequestRules.hasControlCharacters(text))
            .isEmpty();
    return good
        ? List.of()
        : List.of(
            new FieldError(
                "reason",
                DestinationRules.INVALID_VALUE,
                "must be 1 to "
                    + MAX_REASON_LENGTH
                    + " characters without control characters, or left out"));
  }

  /**
   * Whether a new destination may have this id. The topic is keyed by it across organizations, and
   * what nobody can guess nobody takes first.
   */
  static List<FieldError> checkNewId(DestinationId id) {
    return UUID_FORM.matcher(id.value()).matches()
        ? List.of()
        : List.of(
            new FieldError(
                "destinationId",
                "invalid-value",
                "must be a UUID in lower case: ids are shared by all organizations, so take a"
                    + " random one"));
  }

  /**
   * Whether there is too much of anything to look at each: a command of a megabyte can name a
   * million headers, whose errors would fill the memory.
   */
  static List<FieldError> checkAmounts(DestinationConfig config, List<SealedField> secrets) {
    List<FieldError> errors = new ArrayList<>();
    switch (config) {
      case WebhookConfig webhook -> {
        checkAmount(errors, "config.webhook.headers", webhook.headerNames().size());
        int keys = webhook.signing().map(signing -> signing.keys().size()).orElse(0);
        checkAmount(errors, "config.webhook.signing", keys);
      }
      case EmailConfig email ->
          checkAmount(errors, "config.email.recipients", email.recipients().size());
      case StorageConfig storage -> {
        checkAmount(errors, "config.storage.metadata", storage.metadata().size());
        checkAmount(errors, "config.storage.tags", storage.tags().size());
      }
    }
    checkAmount(errors, "secrets", secrets.size());
    return errors;
  }

  private static void checkAmount(List<FieldError> errors, String field, int size) {
    if (size > MOST_JUDGED) {
      errors.add(
          new FieldError(field, DestinationRules.TOO_MANY, "are " + size + ", which nobody needs"));
    }
  }

  /** What is wrong with what create and update say of a destination. */
  static List<FieldError> checkDefinition(
      String label, Optional<String> description, DestinationConfig config) {
    // The check for unpaired surrogates takes time that grows with the square of the length, and
    // nothing but the length needs to be known of a label that is twice too long.
    String bounded =
        label.length() > 2 * DestinationRules.MAX_LABEL_LENGTH
            ? label.substring(0, 2 * DestinationRules.MAX_LABEL_LENGTH)
            : label;
    List<FieldError> errors = new ArrayList<>(DestinationRules.checkLabel(bounded));
    errors.addAll(DestinationRules.checkDescription(description));
    errors.addAll(
        switch (config) {
          case WebhookConfig webhook -> WebhookRules.checkConfig(webhook);
          case EmailConfig email -> EmailRules.checkConfig(email);
          case StorageConfig storage -> StorageRules.checkConfig(storage);
        });
    return errors;
  }
}
