package io.waybill.fanout;

import io.waybill.domain.RawBytes;
import io.waybill.domain.RecordOrigin;
import io.waybill.domain.Traces;
import io.waybill.wire.Codecs;
import io.waybill.wire.Topics;
import io.waybill.wire.TraceHeaders;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;

/**
 * One partition of the request topics and of their rekeyed sibling: brings their records, and those
 * that waited, onto the {@link Road}. All that one record causes is one transaction with its
 * offset.
 */
final class FanOutProcessor implements Processor<byte[], byte[], Address, byte[]> {
  static final String CLAIMS = "claims";
  static final String HELD = "held";

  /** Held requests finished per punctuation: the rest of the partition must go on. */
  private static final int MOST_RELEASED = 200;

  private static final long MOST_BYTES_RELEASED = 16L * 1024 * 1024;

  private final Codecs codecs;
  private final InstantSource clock;
  private final FanOutConfig config;
  private final DestinationTable table;
  private final FanOutMetrics metrics;
  private final Traces traces;
  private @Nullable Running running;

  /** Present while something is held: each look, even at nothing, ends in a transaction. */
  private Optional<Cancellable> looks = Optional.empty();

  FanOutProcessor(
      Codecs codecs,
      InstantSource clock,
      FanOutConfig config,
      DestinationTable table,
      FanOutMetrics metrics,
      Traces traces) {
    this.traces = traces;
    this.metrics = metrics;
    this.codecs = codecs;
    this.clock = clock;
    this.config = config;
    this.table = table;
  }

  /** What is there from init on. */
  private record Running(
      ProcessorContext<Address, byte[]> context, Output output, Held held, Road road) {}

  @Override
  public void init(ProcessorContext<Address, byte[]> context) {
    Output output = new Output(codecs, context, metrics);
    Held held = new Held(context.getStateStore(HELD));
    Claims claims = new Claims(context.getStateStore(CLAIMS), config.dedupeWindow());
    int partition = context.taskId().partition();
    Road road = new Road(codecs, config, table, output, claims, held, partition, traces);
    running = new Running(context, output, held, road);
    looks = Optional.empty();
    lookWhileHeld();
  }

  private void lookWhileHeld() {
    Running run = running();
    if (run.held().size() == 0) {
      looks.ifPresent(Cancellable::cancel);
      looks = Optional.empty();
    } else if (looks.isEmpty()) {
      looks =
          Optional.of(
              run.context()
                  .schedule(
                      config.heldInterval(),
                      PunctuationType.WALL_CLOCK_TIME,
                      _ -> {
                        releaseHeld();
                        lookWhileHeld();
                      }));
    }
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    take(record);
    lookWhileHeld();
  }

  private void take(Record<byte[], byte[]> record) {
    Running run = running();
    RecordMetadata place = run.context().recordMetadata().orElseThrow();
    RecordOrigin origin = new RecordOrigin(place.topic(), place.partition(), place.offset());
    Optional<RawBytes> key = Optional.ofNullable(record.key()).map(RawBytes::new);
    Optional<RawBytes> value = Optional.ofNullable(record.value()).map(RawBytes::new);
    Instant now = now();
    if (origin.topic().equals(Topics.FAN_OUT_REKEYED)) {
      takePassedOn(record, origin, key, value, now);
      return;
    }
    Instant createdAt = Instant.ofEpochMilli(record.timestamp());
    if (value.isEmpty()) {
      run.road().takeEmpty(origin, key, createdAt, now);
      return;
    }
    run.road()
        .take(
            new Arrival(
                origin,
                key,
                value.get(),
                createdAt,
                Optional.empty(),
                Optional.empty(),
                TraceHeaders.read(record.headers())),
            now);
  }

  /** A request that another partition passed on, or something that only looks like one. */
  private void takePassedOn(
      Record<byte[], byte[]> record,
      RecordOrigin place,
      Optional<RawBytes> key,
      Optional<RawBytes> value,
      Instant now) {
    try {
      if (value.isEmpty()) {
        throw new RekeyHeaders.Forged("it has no value");
      }
      Arrival arrival = RekeyHeaders.read(record.headers(), key, value.get(), config, now);
      running().road().takePassedOn(arrival, now);
    } catch (RekeyHeaders.Forged e) {
      running().output().forged(place, key, value, String.valueOf(e.getMessage()), now);
    }
  }

  private void releaseHeld() {
    Held held = running().held();
    held.look(
        now(),
        table.changes(),
        wanted -> !table.resolve(wanted.organizationId(), wanted.destinations()).mayAppear());
    long bytes = 0;
    for (int i = 0; i < MOST_RELEASED && bytes < MOST_BYTES_RELEASED; i++) {
      Optional<Arrival> next = held.release();
      if (next.isEmpty()) {
        return;
      }
      bytes += next.get().size();
      running().road().take(next.get(), now());
    }
  }

  /** Events carry milliseconds; so does everything that is compared with them. */
  private Instant now() {
    return Instant.ofEpochMilli(clock.millis());
  }

  private Running running() {
    if (running == null) {
      throw new IllegalStateException("a record came before init");
    }
    return running;
  }
}
