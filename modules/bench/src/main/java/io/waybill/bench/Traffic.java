package io.waybill.bench;

import io.waybill.domain.DeliveryId;
import io.waybill.domain.Destination;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationSecrets;
import io.waybill.domain.DestinationType;
import io.waybill.domain.Fallback;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.RawJson;
import io.waybill.domain.Task;
import io.waybill.domain.TaskId;
import io.waybill.domain.TaskPayload;
import io.waybill.domain.WebhookConfig;
import io.waybill.secrets.Sealer;
import io.waybill.secrets.Secret;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What is sent in a benchmark, and to whom. */
final class Traffic {
  static final DestinationType TYPE = DestinationType.WEBHOOK;

  /** The one header of every destination, sealed; the bare loop sends it in clear. */
  static final String HEADER = "Authorization";

  static final String HEADER_VALUE = "Bearer 0123456789abcdef0123456789abcdef";

  static final int ORDINARY = 5;
  static final int EXPRESS = 9;

  static final OrganizationId ORGANIZATION = new OrganizationId("bench");
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final int SMALLEST = 64;

  private Traffic() {}

  /**
   * How many sends to one destination may be under way, on both sides: twice its share. Each that
   * ever was leaves a connection open, and thousands of idle connections would fill a small heap
   * with their buffers until the collector is what is measured.
   */
  static int inFlightPerDestination(int inFlight, int destinations) {
    return Math.max(1, 2 * inFlight / destinations);
  }

  static DestinationId destinationId(int number) {
    return new DestinationId("destination-" + number);
  }

  static Destination destination(int number, URI url, Instant now) {
    WebhookConfig config =
        new WebhookConfig(
            url, "POST", List.of(HEADER), TIMEOUT, Optional.empty(), WebhookConfig.Body.DATA);
    return new Destination(
        destinationId(number),
        ORGANIZATION,
        "destination " + number,
        Optional.empty(),
        config,
        Fallback.none(),
        false,
        true,
        false,
        1,
        now,
        now);
  }

  static DestinationSecrets secrets(Destination destination, Sealer sealer) {
    return new DestinationSecrets(
        destination.id(),
        ORGANIZATION,
        destination.version(),
        List.of(
            sealer.seal(
                ORGANIZATION,
                destination.id(),
                destination.config(),
                WebhookConfig.credentialName(HEADER),
                Secret.of(HEADER_VALUE))));
  }

  /**
   * A payload of that many bytes, as JSON, that says for when it was scheduled.
   *
   * @param scheduledMicros microseconds of the epoch
   */
  static byte[] payload(long scheduledMicros, int bytes) {
    String start = "{\"at\":" + scheduledMicros + ",\"text\":\"";
    if (bytes < SMALLEST) {
      throw new BenchException("a payload must have at least " + SMALLEST + " bytes");
    }
    byte[] payload = new byte[bytes];
    Arrays.fill(payload, (byte) 'x');
    byte[] head = start.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(head, 0, payload, 0, head.length);
    payload[bytes - 2] = '"';
    payload[bytes - 1] = '}';
    return payload;
  }

  static Task task(int destination, byte[] payload, Instant now) {
    return task(destination, payload, ORDINARY, now);
  }

  /** A task of that priority, due at that time. */
  static Task task(int destination, byte[] payload, int priority, Instant due) {
    DeliveryId delivery = DeliveryId.random();
    DestinationId id = destinationId(destination);
    Instant millis = due.truncatedTo(ChronoUnit.MILLIS);
    return new Task(
        TaskId.of(ORGANIZATION, delivery, id),
        ORGANIZATION,
        delivery,
        id,
        TYPE,
        1,
        0,
        0,
        "report",
        new TaskPayload.Inline(RawJson.of(new String(payload, StandardCharsets.US_ASCII))),
        RawJson.EMPTY_OBJECT,
        Optional.empty(),
        List.of(),
        priority,
        millis,
        millis,
        Optional.empty(),
        0);
  }
}
