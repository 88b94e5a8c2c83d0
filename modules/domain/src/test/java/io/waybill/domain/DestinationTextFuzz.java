package io.waybill.domain;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.List;
import java.util.Optional;

/** Texts of destinations: URLs, headers, mail addresses, names of stores, ids. */
public final class DestinationTextFuzz {
  static final List<byte[]> SEEDS =
      List.of(
          Mutations.text("https://api.example.com:8443/a%2Fb?q=%0d%0a"),
          Mutations.text("http://[2001:db8::1]:8443/x"),
          Mutations.text("https://user:pass@host/#f"),
          Mutations.text("\"Audit, Team\" <audit@hospital.com>"),
          Mutations.text("audit+x@hospital.example.com"),
          Mutations.text("Bearer s3cr3t-token"),
          Mutations.text("my.logs-2026"),
          Mutations.text("us-gov-west-1"),
          Mutations.text("arn:aws:iam::123456789012:role/a/b"),
          Mutations.text("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
          Mutations.text("8d2f4f9e-6b1c-4c58-9b7e-0a1b2c3d4e5f"));

  private DestinationTextFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) {
    String text = new String(input, UTF_8);
    url(text);
    header(text);
    address(text);
    if (StorageRules.checkEndpoint(text).isEmpty()) {
      assertThat(URI.create(text).getHost()).isNotEmpty();
    }
    if (StorageRules.checkRegion(text, true).isEmpty()
        || StorageRules.checkBucket(text).isEmpty()
        || MailServiceRules.checkRegion(text).isEmpty()) {
      // Both become part of a host's name.
      assertThat(text).matches("[A-Za-z0-9.-]+");
    }
    StorageRules.checkRole(text);
    StorageRules.checkEncryption("aws:kms", Optional.of(text));
    EmailRules.checkSubject(text);
    EmailRules.checkAttachmentName(Optional.of(text));
    if (EmailRules.checkHost(text).isEmpty()) {
      assertThat(text).matches("[A-Za-z0-9.:-]+");
    }
    OrganizationId.parse(text).ifPresent(id -> assertThat(id.value()).isEqualTo(text));
    DestinationId.parse(text).ifPresent(id -> assertThat(id.value()).isEqualTo(text));
    DeliveryId.parse(text).ifPresent(id -> assertThat(id.toString()).isEqualToIgnoringCase(text));
    TraceParent.parse(text).ifPresent(id -> assertThat(id.value()).isEqualTo(text));
  }

  private static void url(String text) {
    if (!WebhookRules.checkUrl(text).isEmpty()) {
      return;
    }
    URI url = URI.create(text);
    assertThat(url.getHost()).isNotEmpty();
    assertThat(url.getScheme()).matches("(?i)https?");
    assertThat(url.getRawUserInfo()).isNull();
    assertThat(text).matches("[!-~]+").doesNotContain("\\");
  }

  private static void header(String text) {
    if (WebhookRules.checkHeaderName(text).isEmpty()) {
      assertThat(text).matches("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
    }
    if (WebhookRules.checkHeaderValue("X-A", text).isEmpty()) {
      assertThat(text).matches("[\t -~]*");
    }
  }

  private static void address(String text) {
    MailAddress.parse(text)
        .ifPresent(mailbox -> {
          assertThat(mailbox.address())
              .matches("[!-~]+@[a-z0-9.-]+")
              .doesNotContain(",", ";", "<", ">", "(", ")", "[", "\"", "\\");
          assertThat(MailAddress.parse(mailbox.address()).map(MailAddress::address))
              .contains(mailbox.address());
          mailbox
              .name()
              .ifPresent(name ->
                  assertThat(RequestRules.hasControlCharacters(name)).as("in a name").isFalse());
        });
  }
}
