package io.waybill.wire;

import com.fasterxml.jackson.databind.JsonNode;
import io.waybill.domain.DestinationRules;
import io.waybill.domain.EmailConfig;
import io.waybill.domain.EmailRules;
import io.waybill.domain.MailService;
import io.waybill.domain.MailServiceRules;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads who takes the mails: {@code config.email.service} and the fields that belong to it. */
final class MailServiceDraft {
  private static final String PATH = "config.email.";
  private static final String SMTP_PATH = PATH + "smtpConfig.";
  private static final String SES_PATH = PATH + "config.";
  private static final Set<String> SMTP_FIELDS = MailServiceFormat.SMTP.names();
  private static final Set<String> AUTH_FIELDS = MailServiceFormat.SMTP_AUTH.names();
  private static final Set<String> SES_FIELDS = MailServiceFormat.SES.names();
  private static final int SUBMISSION_PORT = 587;
  private static final int TLS_PORT = 465;
  private static final int RELAY_PORT = 25;

  private final FieldReader fields;

  MailServiceDraft(FieldReader fields) {
    this.fields = fields;
  }

  /** The service, or nothing with errors noted. */
  Optional<MailService> read(JsonNode json) {
    Optional<String> service = fields.required(json, PATH, "service");
    if (service.isEmpty()) {
      return Optional.empty();
    }
    return switch (service.get()) {
      case "smtp" -> {
        refuseFieldsOfOthers(json, "smtp");
        yield smtp(json);
      }
      case "ses" -> {
        refuseFieldsOfOthers(json, "ses");
        yield ses(json);
      }
      case "sendgrid" -> {
        refuseFieldsOfOthers(json, "sendgrid");
        yield sendGrid(json);
      }
      case "resend", "gmail" -> {
        fields.error(
            PATH + "service",
            DestinationRules.NOT_AVAILABLE,
            "\""
                + service.get()
                + "\" is reached by SMTP here: use service \"smtp\" with smtpConfig.preset \""
                + service.get()
                + "\" and smtpConfig.auth");
        yield Optional.empty();
      }
      default -> {
        fields.error(
            PATH + "service",
            DestinationRules.INVALID_VALUE,
            "must be smtp, ses or sendgrid, lower case");
        yield Optional.empty();
      }
    };
  }

  private void refuseFieldsOfOthers(JsonNode json, String service) {
    MailServiceFormat.FIELD_OF.entrySet().stream()
        .sorted(java.util.Map.Entry.comparingByKey())
        .filter(other -> !other.getKey().equals(service))
        .filter(other -> !FieldReader.isAbsent(json.path(other.getValue())))
        .forEach(other ->
            fields.error(
                PATH + other.getValue(),
                DestinationJson.UNKNOWN_FIELD,
                "belongs to service "
                    + other.getKey()
                    + "; what "
                    + service
                    + " needs stands in "
                    + MailServiceFormat.FIELD_OF.get(service)));
  }

  private Optional<JsonNode> section(JsonNode json, String name, String inWords) {
    Optional<JsonNode> found = fields.object(json, PATH, name, inWords);
    if (found.isEmpty() && !fields.hasErrorIn(PATH + name)) {
      fields.error(PATH + name, DestinationRules.REQUIRED, "is missing: " + inWords);
    }
    return found;
  }

  private Optional<MailService> sendGrid(JsonNode json) {
    Optional<String> key = fields.required(json, PATH, "apiKey");
    key.ifPresent(value -> credential(MailService.SendGrid.API_KEY, value));
    return key.map(value -> new MailService.SendGrid());
  }

  private Optional<MailService> ses(JsonNode json) {
    Optional<JsonNode> found =
        section(json, "config", "an object with region, accessKeyId and secretAccessKey");
    if (found.isEmpty()) {
      return Optional.empty();
    }
    JsonNode node = found.get();
    fields.onlyKnown(SES_PATH, node, SES_FIELDS);
    Optional<String> region = fields.required(node, SES_PATH, "region");
    region.ifPresent(text -> fields.addAll(MailServiceRules.checkRegion(text)));
    Optional<String> set = fields.text(node, SES_PATH, "configurationSet");
    set.ifPresent(name -> fields.addAll(MailServiceRules.checkConfigurationSet(name)));
    fields
        .required(node, SES_PATH, "accessKeyId")
        .ifPresent(value -> credential(MailService.Ses.ACCESS_KEY_ID, value));
    fields
        .required(node, SES_PATH, "secretAccessKey")
        .ifPresent(value -> credential(MailService.Ses.SECRET_ACCESS_KEY, value));
    Optional<String> token = fields.text(node, SES_PATH, "sessionToken");
    token.ifPresent(value -> credential(MailService.Ses.SESSION_TOKEN, value));
    return region.map(text -> new MailService.Ses(text, set, token.isPresent()));
  }

  private Optional<MailService> smtp(JsonNode json) {
    Optional<JsonNode> found =
        section(json, "smtpConfig", "an object with host, port, secure and auth");
    if (found.isEmpty()) {
      return Optional.empty();
    }
    JsonNode node = found.get();
    fields.onlyKnown(SMTP_PATH, node, SMTP_FIELDS);
    Optional<String> preset = fields.text(node, SMTP_PATH, "preset");
    if (preset.isPresent()) {
      return preset(node, preset.get());
    }
    refuse(node, "region", "belongs to preset \"ses\": with a host of your own leave it out");
    Optional<String> host = fields.required(node, SMTP_PATH, "host");
    host.ifPresent(text -> fields.addAll(EmailRules.checkHost(text)));
    boolean secure = fields.flag(node, SMTP_PATH, "secure").orElse(false);
    int port =
        fields.wholeNumber(node, SMTP_PATH, "port").orElse(secure ? TLS_PORT : SUBMISSION_PORT);
    fields.addAll(EmailRules.checkPort(port));
    warnOfUnusualPort(port, secure);
    boolean authenticates = auth(node);
    return host.map(name -> new EmailConfig.Smtp(name, port, secure, authenticates));
  }

  private Optional<MailService> preset(JsonNode node, String word) {
    for (String name : List.of("host", "port", "secure")) {
      refuse(node, name, "is what the preset stands for: leave the one or the other out");
    }
    if (!auth(node) && !fields.hasErrorIn(SMTP_PATH + "auth")) {
      fields.error(
          SMTP_PATH + "auth",
          DestinationRules.REQUIRED,
          "is missing: every provider with a preset asks for a log-in");
    }
    Optional<SmtpPreset> preset = SmtpPreset.parse(word);
    if (preset.isEmpty()) {
      fields.error(
          SMTP_PATH + "preset",
          DestinationRules.INVALID_VALUE,
          "must be one of "
              + String.join(", ", SmtpPreset.words())
              + "; other servers are named by host");
      return Optional.empty();
    }
    if (!preset.get().needsRegion()) {
      refuse(node, "region", "belongs to preset \"ses\": leave it out");
      return Optional.of(preset.get().server(""));
    }
    Optional<String> region = fields.required(node, SMTP_PATH, "region");
    region.ifPresent(
        text -> fields.addAll(MailServiceRules.checkRegion("smtpConfig.region", text)));
    return region.map(preset.get()::server);
  }

  private void refuse(JsonNode smtp, String name, String why) {
    if (!FieldReader.isAbsent(smtp.path(name))) {
      fields.error(SMTP_PATH + name, DestinationJson.UNKNOWN_FIELD, why);
    }
  }

  private void warnOfUnusualPort(int port, boolean secure) {
    if (port == TLS_PORT && !secure) {
      fields.warning(
          "config.email.smtpConfig.port 465 usually speaks TLS from the first byte: set secure to"
              + " true if no mail gets through");
    }
    if ((port == SUBMISSION_PORT || port == RELAY_PORT) && secure) {
      fields.warning(
          "config.email.smtpConfig.port "
              + port
              + " usually begins in clear and goes on with STARTTLS: set secure to false if no mail"
              + " gets through");
    }
  }

  private boolean auth(JsonNode smtp) {
    Optional<JsonNode> auth =
        fields.object(smtp, SMTP_PATH, "auth", "an object with user and pass");
    if (auth.isEmpty()) {
      return false;
    }
    String path = SMTP_PATH + "auth.";
    fields.onlyKnown(path, auth.get(), AUTH_FIELDS);
    fields
        .required(auth.get(), path, "user")
        .ifPresent(value -> credential(EmailConfig.USER, value));
    fields
        .required(auth.get(), path, "pass")
        .ifPresent(value -> credential(EmailConfig.PASSWORD, value));
    return true;
  }

  private void credential(String name, String value) {
    fields.addAll(EmailRules.checkCredential(name, value));
    fields.credential(name, value);
  }
}
