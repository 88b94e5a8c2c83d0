package io.waybill.bench;

import io.waybill.client.RequestBuilder;
import io.waybill.client.RequestSerializer;
import io.waybill.client.WaybillClient;
import io.waybill.client.WaybillClientBuilder;
import io.waybill.domain.DeliveryRequest;
import io.waybill.domain.DestinationId;
import io.waybill.domain.RawJson;
import io.waybill.wire.HttpSchemaRegistry;
import io.waybill.wire.Topics;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * What {@code deliver} costs over a producer of one's own: windows of the two, turn about, each
 * with the same bytes.
 */
final class ClientBenchmark {
  private static final int USUAL_SECONDS = 5;
  private static final int WARM_UPS = 2;
  private static final int DIFFERENT = 1_000;
  private static final int BETWEEN_LOOKS = 64;

  /** Programs keep the ids that they deliver to. */
  private static final DestinationId DESTINATION = new DestinationId("destination-1");

  /** Of both producers alike. */
  private static final Map<String, String> PRODUCER =
      Map.of(
          "linger.ms", "5",
          "batch.size", Integer.toString(64 * 1024),
          "buffer.memory", Long.toString(64L * 1024 * 1024),
          "max.request.size", Integer.toString(12 * 1024 * 1024),
          "acks", "all");

  private final Lab lab;
  private final Options options;
  private final Duration length;
  private final List<Figure> figures = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  ClientBenchmark(Lab lab, Options options) {
    this.lab = lab;
    this.options = options;
    this.length = Duration.ofSeconds(options.seconds(USUAL_SECONDS));
  }

  /** Hands one request over and counts its acknowledgement. */
  @FunctionalInterface
  private interface Loop {
    void next(int number, LongAdder acknowledged, LongAdder failed);
  }

  Report measure() {
    notes.add(
        String.format(
            Locale.ROOT,
            "%d bytes of payload, %d partitions, %d rounds of %d s",
            options.payloadBytes(),
            options.partitions(),
            options.rounds(),
            length.toSeconds()));
    try (TopicLogs logs = new TopicLogs(lab, options)) {
      measure(
          "avro",
          WaybillClient.builder().schemaRegistry(lab.registryUrl()),
          RequestSerializer.avro(
              new HttpSchemaRegistry(Map.of("schema.registry.url", lab.registryUrl()))),
          logs);
      measure("json", WaybillClient.builder(), RequestSerializer.json(), logs);
    }
    return new Report(figures, notes);
  }

  private void measure(
      String form, WaybillClientBuilder builder, RequestSerializer serializer, TopicLogs logs) {
    Map<String, Object> settings = new HashMap<>(PRODUCER);
    settings.put("bootstrap.servers", lab.bootstrapServers());
    List<RawJson> payloads = payloads();
    List<ProducerRecord<byte[], byte[]>> records =
        payloads.stream().map(payload -> record(request(payload).build(), serializer)).toList();
    try (serializer;
        KafkaProducer<byte[], byte[]> producer =
            new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
        WaybillClient client =
            builder.bootstrapServers(lab.bootstrapServers()).kafka(PRODUCER).build()) {
      Loop bare =
          (number, acknowledged, failed) -> {
            ProducerRecord<byte[], byte[]> one = records.get(number % DIFFERENT);
            var _ =
                producer.send(
                    new ProducerRecord<>(one.topic(), one.key(), one.value()),
                    (metadata, e) -> (e == null ? acknowledged : failed).increment());
          };
      Loop sdk =
          (number, acknowledged, failed) -> {
            var _ =
                client
                    .deliver(request(payloads.get(number % DIFFERENT)))
                    .published()
                    .whenComplete((id, e) -> (e == null ? acknowledged : failed).increment());
          };
      compare(
          form, () -> window(bare, producer::flush, logs), () -> window(sdk, client::flush, logs));
    }
  }

  /**
   * What a window came to.
   *
   * @param cpuMicros of this process for each request, all its threads
   * @param garbage that the publishing thread makes for each request, bytes
   */
  private record Windowed(double perSecond, double cpuMicros, double garbage) {}

  private interface Measurement {
    Windowed window();
  }

  private void compare(String form, Measurement bare, Measurement sdk) {
    System.out.printf(
        "%n%s: acknowledged per second; microseconds of CPU and bytes of garbage for each%n"
            + "%-9s %12s %9s %9s %12s %9s %9s%n",
        form, "round", "bare", "us", "garbage", "SDK", "us", "garbage");
    for (int i = 0; i < WARM_UPS; i++) {
      row("warm-up", bare.window(), sdk.window());
    }
    List<Double> rates = new ArrayList<>();
    List<Double> cpus = new ArrayList<>();
    for (int round = 1; round <= options.rounds(); round++) {
      // Turn about, so that whatever the first leaves behind does not always hit the same one.
      boolean sdkFirst = round % 2 == 0;
      Windowed first = (sdkFirst ? sdk : bare).window();
      Windowed second = (sdkFirst ? bare : sdk).window();
      Windowed ofSdk = sdkFirst ? first : second;
      Windowed ofBare = sdkFirst ? second : first;
      row(Integer.toString(round), ofBare, ofSdk);
      rates.add(ofSdk.perSecond() / ofBare.perSecond());
      cpus.add(ofSdk.cpuMicros() - ofBare.cpuMicros());
    }
    notes.add(
        String.format(
            Locale.ROOT,
            "%s: the SDK takes %.1f us of CPU more for each request",
            form,
            Numbers.median(cpus)));
    figures.add(
        Figure.median(
            "deliver." + form + ".rate",
            "requests per second, SDK / bare producer of the same bytes",
            rates,
            new Figure.Goal.AtLeast(0.90),
            new Figure.Goal.AtLeast(1.00)));
  }

  private static void row(String round, Windowed bare, Windowed sdk) {
    System.out.printf(
        Locale.ROOT,
        "%-9s %12.0f %9.1f %9.0f %12.0f %9.1f %9.0f%n",
        round,
        bare.perSecond(),
        bare.cpuMicros(),
        bare.garbage(),
        sdk.perSecond(),
        sdk.cpuMicros(),
        sdk.garbage());
  }

  private static long cpuNanos() {
    return ProcessHandle.current()
        .info()
        .totalCpuDuration()
        .orElseThrow(() -> new BenchException("this system tells no CPU times"))
        .toNanos();
  }

  private static long allocatedBytes() {
    if (ManagementFactory.getThreadMXBean() instanceof com.sun.management.ThreadMXBean threads) {
      return threads.getCurrentThreadAllocatedBytes();
    }
    throw new BenchException("this JVM does not count what a thread allocates: use HotSpot");
  }

  /** One window: everything that was handed over in it is acknowledged at its end. */
  private Windowed window(Loop loop, Runnable flush, TopicLogs logs) {
    LongAdder acknowledged = new LongAdder();
    LongAdder failed = new LongAdder();
    long cpu = cpuNanos();
    long allocated = allocatedBytes();
    long start = System.nanoTime();
    long end = start + length.toNanos();
    int number = 0;
    while (number % BETWEEN_LOOKS != 0 || System.nanoTime() < end) {
      loop.next(number, acknowledged, failed);
      number++;
    }
    double garbage = (double) (allocatedBytes() - allocated) / number;
    flush.run();
    double seconds = (System.nanoTime() - start) / 1e9;
    double cpuMicros = (cpuNanos() - cpu) / 1e3;
    if (failed.sum() > 0 || acknowledged.sum() != number) {
      throw new BenchException(
          failed.sum() + " of " + number + " requests were not acknowledged: see the broker's log");
    }
    // Memory that a machine gives out for the first time is slow, and the next window's would be.
    logs.forget(List.of(Topics.REQUESTS));
    return new Windowed(number / seconds, cpuMicros / number, garbage);
  }

  private static RequestBuilder request(RawJson payload) {
    return RequestBuilder.request("bench", "audit-event").to(DESTINATION).data(payload);
  }

  private static ProducerRecord<byte[], byte[]> record(
      DeliveryRequest request, RequestSerializer serializer) {
    return new ProducerRecord<>(
        Topics.REQUESTS,
        RequestSerializer.record(request).key().getBytes(StandardCharsets.UTF_8),
        serializer.bytes(request));
  }

  private List<RawJson> payloads() {
    List<RawJson> payloads = new ArrayList<>();
    for (int i = 0; i < DIFFERENT; i++) {
      payloads.add(new RawJson(Traffic.payload(i, options.payloadBytes())));
    }
    return payloads;
  }
}
