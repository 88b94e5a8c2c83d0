package io.waybill.app.telemetry;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.kafka.KafkaClientMetrics;
import io.micrometer.core.instrument.binder.kafka.KafkaStreamsMetrics;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.streams.KafkaStreams;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows what Kafka's own clients measure, from their opening to their closing. Safe to share
 * between threads; never throws, for it is called by threads that have something better to do.
 */
final class KafkaMeters implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaMeters.class);

  private final MeterRegistry registry;
  private final boolean isWanted;
  private final Map<Object, AutoCloseable> bound =
      Collections.synchronizedMap(new IdentityHashMap<>());

  KafkaMeters(MeterRegistry registry, boolean isWanted) {
    this.registry = registry;
    this.isWanted = isWanted;
  }

  void opened(Consumer<?, ?> consumer) {
    bind(consumer, () -> new KafkaClientMetrics(consumer));
  }

  void opened(Producer<?, ?> producer) {
    bind(producer, () -> new KafkaClientMetrics(producer));
  }

  void opened(KafkaStreams streams) {
    bind(streams, () -> new KafkaStreamsMetrics(streams));
  }

  private <M extends MeterBinder & AutoCloseable> void bind(Object client, Supplier<M> meters) {
    if (!isWanted) {
      return;
    }
    try {
      M made = meters.get();
      made.bindTo(registry);
      bound.put(client, made);
    } catch (RuntimeException e) {
      LOG.atWarn().setCause(e).log("metrics of a client are not shown");
    }
  }

  /** Of any of them. */
  void closing(Object client) {
    AutoCloseable meters = bound.remove(client);
    if (meters != null) {
      close(meters);
    }
  }

  private static void close(AutoCloseable meters) {
    try {
      meters.close();
    } catch (Exception e) {
      LOG.atWarn().setCause(e).log("metrics of a client did not close");
    }
  }

  @Override
  public void close() {
    synchronized (bound) {
      bound.values().forEach(KafkaMeters::close);
      bound.clear();
    }
  }
}
