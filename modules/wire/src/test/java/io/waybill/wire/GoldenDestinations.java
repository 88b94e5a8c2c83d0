package io.waybill.wire;

import static io.waybill.wire.GoldenSamples.COMMAND;
import static io.waybill.wire.GoldenSamples.HOSPITAL;
import static io.waybill.wire.GoldenSamples.NOW;
import static io.waybill.wire.GoldenSamples.SIEM;

import io.waybill.domain.Destination;
import io.waybill.domain.DestinationCommand;
import io.waybill.domain.DestinationConfig;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationResult;
import io.waybill.domain.DestinationSecrets;
import io.waybill.domain.DestinationType;
import io.waybill.domain.EmailConfig;
import io.waybill.domain.Fallback;
import io.waybill.domain.FieldError;
import io.waybill.domain.HealthSignal;
import io.waybill.domain.MailEncryption;
import io.waybill.domain.MailService;
import io.waybill.domain.RetryConfig;
import io.waybill.domain.SealedField;
import io.waybill.domain.SigningAlgorithm;
import io.waybill.domain.StorageConfig;
import io.waybill.domain.WebhookAuth;
import io.waybill.domain.WebhookConfig;
import io.waybill.domain.WebhookSigning;
import io.waybill.domain.WebhookTls;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** The values of {@link GoldenSamples} that are about destinations; the same rule holds. */
final class GoldenDestinations {
  private static final Optional<RetryConfig> RETRY =
      Optional.of(new RetryConfig(5, Duration.ofSeconds(1), 1.5, Duration.ofSeconds(120)));
  private static final Duration TIMEOUT = Duration.ofMillis(15_000);
  private static final Optional<Destination.SwitchedOff> SWITCHED_OFF =
      Optional.of(new Destination.SwitchedOff(NOW, "ann", Optional.of("it is gone")));
  private static final List<SealedField> SEALED =
      List.of(
          new SealedField("webhook.headers.authorization", new byte[] {1, 2}, "abc"),
          new SealedField("webhook.headers.x-source", new byte[] {3}, "abd", SealedField.TO_FIELD));
  private static final Fallback FALLBACK =
      new Fallback(List.of(new DestinationId("backup")), Optional.of(Duration.ofMinutes(1)));

  private GoldenDestinations() {}

  private static WebhookConfig webhook() {
    var keys =
        List.of(
            new WebhookSigning.Key(
                2, SigningAlgorithm.V1A, Optional.of("whpk_x"), Optional.empty()),
            new WebhookSigning.Key(1, SigningAlgorithm.V1, Optional.empty(), Optional.of(NOW)));
    return new WebhookConfig(
        URI.create("https://siem.example/events?x=1"),
        "PUT",
        List.of("Authorization", "X-Source"),
        TIMEOUT,
        RETRY,
        WebhookConfig.Body.ENVELOPE,
        Optional.of(new WebhookSigning(keys, Duration.ofHours(3))),
        Optional.of(new WebhookAuth.ApiKey("X-Key")),
        Optional.of(new WebhookTls(Optional.of("ca"), Optional.of("certificate"))),
        true,
        true);
  }

  private static WebhookConfig leastWebhook() {
    return new WebhookConfig(
        URI.create("https://siem.example/"),
        "POST",
        List.of(),
        TIMEOUT,
        Optional.empty(),
        WebhookConfig.Body.DATA);
  }

  private static EmailConfig email(MailService service, Optional<MailEncryption> encryption) {
    boolean full = encryption.isPresent();
    return new EmailConfig(
        service,
        "audit@hospital.com",
        "Report {{date}}",
        full ? Optional.of("{{n}}") : Optional.empty(),
        full ? Optional.of("<b>{{n}}</b>") : Optional.empty(),
        full ? Optional.of("report.json") : Optional.empty(),
        List.of("a@hospital.com", "B <b@hospital.com>"),
        TIMEOUT,
        full ? RETRY : Optional.empty(),
        encryption);
  }

  private static List<DestinationConfig> configs() {
    return List.of(
        webhook(),
        leastWebhook(),
        email(
            new EmailConfig.Smtp("smtp.hospital.com", 587, true, true),
            Optional.of(new MailEncryption.ToPassword(Optional.of("cover")))),
        email(
            new MailService.Ses("eu-west-1", Optional.of("set"), true),
            Optional.of(new MailEncryption.ToCertificates("pem"))),
        email(new MailService.SendGrid(), Optional.empty()),
        new StorageConfig(
            StorageConfig.Provider.S3,
            "eu-central-1",
            "archive",
            Optional.of(URI.create("https://s3.example")),
            true,
            "logs/{year}/",
            "aws:kms",
            Optional.of("alias/x"),
            Optional.of("STANDARD_IA"),
            Optional.of("arn:aws:iam::123456789012:role/archive"),
            Map.of("class", "phi"),
            Optional.of(
                new StorageConfig.Retention(2555, true, StorageConfig.Retention.Mode.GOVERNANCE)),
            Map.of("a", "b"),
            StorageConfig.Credentials.SESSION,
            TIMEOUT,
            RETRY),
        StorageConfig.local("archive", "logs/", TIMEOUT, Optional.empty()));
  }

  static List<Destination> destinations() {
    return configs().stream()
        .map(config ->
            new Destination(
                SIEM,
                HOSPITAL,
                "SIEM",
                config.retry().map(retry -> "described"),
                config,
                config.retry().isPresent() ? FALLBACK : Fallback.none(),
                config.retry().isPresent(),
                config.retry().isEmpty(),
                config.retry().isPresent(),
                4,
                NOW,
                NOW.plusMillis(1),
                config.retry().flatMap(retry -> SWITCHED_OFF)))
        .toList();
  }

  static List<DestinationSecrets> secrets() {
    return List.of(
        new DestinationSecrets(SIEM, HOSPITAL, 4, SEALED),
        new DestinationSecrets(SIEM, HOSPITAL, 1, List.of()));
  }

  static List<DestinationCommand> commands() {
    OptionalLong version = OptionalLong.of(3);
    OptionalLong any = OptionalLong.empty();
    Optional<String> why = Optional.of("it is gone");
    return Stream.<DestinationCommand.Action>of(
            new DestinationCommand.Create(
                "SIEM", Optional.of("d"), webhook(), FALLBACK, true, SEALED),
            new DestinationCommand.Update(
                "SIEM", Optional.empty(), leastWebhook(), Fallback.none(), false, SEALED, version),
            new DestinationCommand.Enable(any),
            new DestinationCommand.Disable(version, why),
            new DestinationCommand.SetDefault(true, any),
            new DestinationCommand.SetDefault(false, version),
            new DestinationCommand.Delete(any))
        .map(action -> new DestinationCommand(COMMAND, HOSPITAL, SIEM, "ops", NOW, action))
        .toList();
  }

  static List<DestinationResult> results() {
    return List.of(
        new DestinationResult.Applied(COMMAND, HOSPITAL, SIEM, 4),
        new DestinationResult.Refused(
            COMMAND, HOSPITAL, SIEM, List.of(new FieldError("label", "too-long", "is too long"))));
  }

  static List<HealthSignal> signals() {
    return List.of(
        new HealthSignal.Backlog(SIEM, HOSPITAL, DestinationType.STORAGE, 7, 1_000, NOW),
        new HealthSignal.Configured(SIEM, HOSPITAL, "SIEM", 9, false, true, SWITCHED_OFF, NOW),
        new HealthSignal.Configured(SIEM, HOSPITAL, "SIEM", 9, true, false, Optional.empty(), NOW));
  }
}
