package io.waybill.wire;

import com.fasterxml.jackson.databind.JsonNode;
import io.waybill.domain.DestinationConfig;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationRules;
import io.waybill.domain.DestinationType;
import io.waybill.domain.Fallback;
import io.waybill.domain.OrganizationId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A destination while it is being read. Used once, by one thread. */
final class DestinationDraft {
  private static final Set<String> FIELDS = DestinationFormat.DESTINATION.names();
  private static final Set<String> SET_BY_WAYBILL =
      Set.of("id", "enabled", "disabled", "version", "createdAt", "updatedAt");
  private static final Set<String> TYPES =
      Stream.of(DestinationType.values()).map(DestinationType::word).collect(Collectors.toSet());

  private final FieldReader fields = new FieldReader();
  private final Instant now;

  DestinationDraft(Instant now) {
    this.now = now;
  }

  DestinationJson.Parsed read(JsonNode json) {
    onlyKnown(json);
    Optional<OrganizationId> organization = organizationId(json);
    String label = fields.required(json, "", "label").orElse("");
    if (json.path("label").isTextual()) {
      fields.addAll(DestinationRules.checkLabel(label));
    }
    Optional<String> description = fields.text(json, "", "description");
    fields.addAll(DestinationRules.checkDescription(description));
    boolean isDefault = fields.flag(json, "", "isDefault").orElse(false);
    Fallback fallback = fallback(json);
    Optional<DestinationConfig> config =
        type(json).flatMap(type -> config(json, type, organization));
    if (!fields.errors().isEmpty() || config.isEmpty() || organization.isEmpty()) {
      return new DestinationJson.Invalid(fields.errors());
    }
    return new DestinationJson.Valid(
        new DestinationJson.Spec(
            organization.get(), label, description, isDefault, config.get(), fallback),
        fields.credentials(),
        fields.warnings());
  }

  private void onlyKnown(JsonNode json) {
    for (var field : json.properties()) {
      String name = field.getKey();
      if (SET_BY_WAYBILL.contains(name)) {
        fields.error(name, DestinationJson.UNKNOWN_FIELD, "is set by Waybill: leave it out");
      } else if (!FIELDS.contains(name)) {
        fields.unknown(name, FIELDS);
      }
    }
  }

  private Optional<OrganizationId> organizationId(JsonNode json) {
    Optional<String> text = fields.required(json, "", "organizationId");
    Optional<OrganizationId> id = text.flatMap(OrganizationId::parse);
    if (text.isPresent() && id.isEmpty()) {
      fields.error(
          "organizationId",
          DestinationRules.INVALID_VALUE,
          "must be " + OrganizationId.FORM_IN_WORDS);
    }
    return id;
  }

  private Optional<DestinationType> type(JsonNode json) {
    Optional<String> word = fields.required(json, "", "type");
    Optional<DestinationType> type = word.flatMap(DestinationType::parse);
    if (word.isPresent() && type.isEmpty()) {
      fields.error(
          "type", DestinationRules.INVALID_VALUE, "must be webhook, email or storage, lower case");
    }
    return type;
  }

  private Fallback fallback(JsonNode json) {
    List<DestinationId> ids = new ArrayList<>();
    for (String text : fields.texts(json, "", "fallbackDestinationIds")) {
      DestinationId.parse(text)
          .ifPresentOrElse(
              ids::add,
              () ->
                  fields.error(
                      "fallbackDestinationIds",
                      DestinationRules.INVALID_VALUE,
                      "must hold ids of destinations"));
    }
    Fallback fallback = new Fallback(ids, fields.millis(json, "", "fallbackAfter"));
    fields.addAll(DestinationRules.checkFallback(fallback));
    return fallback;
  }

  /** The section of the type, or nothing with an error noted. */
  private Optional<DestinationConfig> config(
      JsonNode json, DestinationType type, Optional<OrganizationId> organization) {
    JsonNode config = json.path("config");
    String word = type.word();
    if (!config.isObject()) {
      fields.error(
          "config", DestinationRules.REQUIRED, "must be an object that holds \"" + word + "\"");
      return Optional.empty();
    }
    for (var field : config.properties()) {
      String name = field.getKey();
      if (TYPES.contains(name) && !name.equals(word)) {
        fields.error(
            "config." + name,
            DestinationJson.UNKNOWN_FIELD,
            "does not belong to type "
                + word
                + ": a destination has the configuration of its own type only");
      } else if (!name.equals(word)) {
        fields.unknown("config." + name, Set.of(word));
      }
    }
    JsonNode section = config.path(word);
    if (!section.isObject()) {
      fields.error("config." + word, DestinationRules.REQUIRED, "must be an object");
      return Optional.empty();
    }
    return switch (type) {
      case WEBHOOK -> new WebhookDraft(fields).read(section);
      case EMAIL -> new EmailDraft(fields, organization, now).read(section);
      case STORAGE -> new StorageDraft(fields).read(section);
    };
  }
}
