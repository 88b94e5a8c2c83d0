package io.waybill.channel.email;

import io.waybill.channel.Attempt;
import io.waybill.channel.CredentialSource;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.Destination;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationSecrets;
import io.waybill.domain.DestinationType;
import io.waybill.domain.EmailConfig;
import io.waybill.domain.Fallback;
import io.waybill.domain.MailEncryption;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.RawJson;
import io.waybill.domain.Task;
import io.waybill.domain.TaskId;
import io.waybill.domain.TaskPayload;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Builds attempts; only what matters is spelled out. */
final class Attempts {
  static final Instant CREATED = Instant.parse("2026-03-01T23:59:30.123Z");
  static final OrganizationId ORGANIZATION = new OrganizationId("hospital-001");
  static final DestinationId DESTINATION = new DestinationId("mail-1");
  static final DeliveryId DELIVERY =
      DeliveryId.parse("8d2f4f9e-6b1c-4c58-9b7e-0a1b2c3d4e5f").orElseThrow();

  private String host = "127.0.0.1";
  private int port = 1;
  private boolean secure;
  private String user = "";
  private String password = "";
  private String from = "audit@hospital.com";
  private String subject = "Report {{date}}";
  private Optional<String> body = Optional.empty();
  private Optional<String> html = Optional.empty();
  private Optional<String> attachmentName = Optional.empty();
  private List<String> recipients = List.of("compliance@hospital.com");
  private Duration timeout = Duration.ofSeconds(10);
  private RawJson data = RawJson.of("{\"n\":1}");
  private RawJson metadata = RawJson.EMPTY_OBJECT;
  private String type = "report";
  private Optional<String> correlationId = Optional.empty();
  private int generation;
  private List<String> done = List.of();
  private long version = 1;
  private Optional<MailEncryption> encryption = Optional.empty();
  private String encryptionPassword = "";

  static Attempts anAttempt() {
    return new Attempts();
  }

  Attempts at(ScriptedSmtp server) {
    return at("127.0.0.1", server.port());
  }

  Attempts at(String newHost, int newPort) {
    host = newHost;
    port = newPort;
    return this;
  }

  Attempts secure() {
    secure = true;
    return this;
  }

  Attempts logIn(String newUser, String newPassword) {
    user = newUser;
    password = newPassword;
    return this;
  }

  Attempts from(String newFrom) {
    from = newFrom;
    return this;
  }

  Attempts subject(String template) {
    subject = template;
    return this;
  }

  Attempts body(String template) {
    body = Optional.of(template);
    return this;
  }

  Attempts html(String template) {
    html = Optional.of(template);
    return this;
  }

  Attempts attachmentName(String template) {
    attachmentName = Optional.of(template);
    return this;
  }

  Attempts to(String... newRecipients) {
    recipients = List.of(newRecipients);
    return this;
  }

  Attempts timeout(Duration newTimeout) {
    timeout = newTimeout;
    return this;
  }

  Attempts data(String json) {
    data = RawJson.of(json);
    return this;
  }

  Attempts metadata(String json) {
    metadata = RawJson.of(json);
    return this;
  }

  Attempts type(String newType) {
    type = newType;
    return this;
  }

  Attempts correlationId(String id) {
    correlationId = Optional.of(id);
    return this;
  }

  Attempts generation(int newGeneration) {
    generation = newGeneration;
    return this;
  }

  /** As if earlier attempts had got so far. */
  Attempts done(List<String> parts) {
    done = parts;
    return this;
  }

  Attempts version(long newVersion) {
    version = newVersion;
    return this;
  }

  /** Encrypted for the owners of certificates. */
  Attempts encryptedTo(String pem) {
    encryption = Optional.of(new MailEncryption.ToCertificates(pem));
    return this;
  }

  /** Encrypted for who knows the password. */
  Attempts encryptedWith(String newPassword) {
    encryption = Optional.of(new MailEncryption.ToPassword(Optional.empty()));
    encryptionPassword = newPassword;
    return this;
  }

  /** What can be read without it. */
  Attempts cover(String template) {
    encryption = Optional.of(new MailEncryption.ToPassword(Optional.of(template)));
    return this;
  }

  /** Opens the credentials that this attempt was built with. */
  CredentialSource credentials() {
    return (secrets, config) -> {
      Map<String, char[]> values = new HashMap<>();
      values.put(EmailConfig.USER, user.toCharArray());
      values.put(EmailConfig.PASSWORD, password.toCharArray());
      values.put(EmailConfig.ENCRYPTION_PASSWORD, encryptionPassword.toCharArray());
      // As seals are opened: only what the configuration names.
      values.keySet().retainAll(config.credentialNames());
      values.values().removeIf(value -> value.length == 0);
      return new CredentialSource.Opened(values);
    };
  }

  EmailConfig config() {
    return new EmailConfig(
        new EmailConfig.Smtp(host, port, secure, !user.isEmpty()),
        from,
        subject,
        body,
        html,
        attachmentName,
        recipients,
        timeout,
        Optional.empty(),
        encryption);
  }

  Attempt build() {
    Destination destination =
        new Destination(
            DESTINATION,
            ORGANIZATION,
            "mail",
            Optional.empty(),
            config(),
            Fallback.none(),
            false,
            true,
            false,
            version,
            CREATED,
            CREATED);
    Task task =
        new Task(
            TaskId.of(ORGANIZATION, DELIVERY, DESTINATION),
            ORGANIZATION,
            DELIVERY,
            DESTINATION,
            DestinationType.EMAIL,
            1,
            generation,
            0,
            type,
            new TaskPayload.Inline(data),
            metadata,
            correlationId,
            List.of(),
            5,
            CREATED,
            CREATED,
            Optional.empty(),
            0,
            done,
            Optional.empty(),
            false);
    DestinationSecrets secrets =
        new DestinationSecrets(DESTINATION, ORGANIZATION, version, List.of());
    return new Attempt(task, destination, secrets, data, 1);
  }
}
