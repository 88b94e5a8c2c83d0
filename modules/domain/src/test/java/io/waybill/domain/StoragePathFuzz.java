package io.waybill.domain;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The template of a path in its first line, and the type of a payload in the rest. */
public final class StoragePathFuzz {
  static final List<byte[]> SEEDS =
      List.of(
          Mutations.text("/audit-logs/{organizationId}/{year}/{month}/{day}/\nreport"),
          Mutations.text("year={{year}}/{type}.{type}/{deliveryId}/\n../../x"),
          Mutations.text("{type}/{destinationId}/\n" + "ä.".repeat(100)),
          Mutations.text("a.{type}.b/\n.."));

  private StoragePathFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) {
    String text = new String(input, UTF_8);
    int end = text.indexOf('\n') < 0 ? text.length() : text.indexOf('\n');
    String template = text.substring(0, end);
    List<FieldError> errors = StoragePath.check(template);
    for (FieldError error : errors) {
      assertThat(error.message()).matches("[ -~]+");
    }
    if (!errors.isEmpty()) {
      return;
    }
    StoragePath path = StoragePath.parse(template);
    Task task = task(text.substring(end));
    String key = path.key(task);
    assertThat(key)
        .hasSizeLessThanOrEqualTo(StoragePath.MAX_KEY_BYTES)
        .matches("[A-Za-z0-9!_.*'()=@+,:/-]+")
        .doesNotContain("..", "//")
        .doesNotStartWith("/")
        .startsWith(path.startFor(task.organizationId()))
        .endsWith(".json");
    for (String part : key.split("/", -1)) {
      assertThat(part).isNotIn("", ".", "..");
    }
  }

  private static Task task(String type) {
    OrganizationId organization = new OrganizationId("hospital-001");
    DeliveryId delivery = DeliveryId.parse("8d2f4f9e-6b1c-4c58-9b7e-0a1b2c3d4e5f").orElseThrow();
    DestinationId destination = new DestinationId("archive.1");
    Instant created = Instant.parse("2026-03-09T07:05:00Z");
    return new Task(
        TaskId.of(organization, delivery, destination),
        organization,
        delivery,
        destination,
        DestinationType.STORAGE,
        1,
        0,
        0,
        type,
        new TaskPayload.Inline(RawJson.EMPTY_OBJECT),
        RawJson.EMPTY_OBJECT,
        Optional.empty(),
        List.of(),
        5,
        created,
        created,
        Optional.empty(),
        0);
  }
}
