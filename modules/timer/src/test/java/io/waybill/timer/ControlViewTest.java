package io.waybill.timer;

import static io.waybill.timer.TaskBuilder.aTask;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.Control;
import io.waybill.domain.DestinationId;
import io.waybill.domain.Task;
import io.waybill.wire.Codecs;
import io.waybill.wire.InMemorySchemaRegistry;
import io.waybill.wire.Topics;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.junit.jupiter.api.Test;

class ControlViewTest {
  private final Codecs codecs = new Codecs(new InMemorySchemaRegistry());
  private final ControlDigest digest = new ControlDigest();
  private final Map<String, byte[]> contents = new HashMap<>();
  private final List<String> lookedUp = new ArrayList<>();
  private final ControlView view =
      new ControlView(
          new ReadOnlyKeyValueStore<>() {
            @Override
            public byte[] get(String key) {
              lookedUp.add(key);
              return contents.get(key);
            }

            @Override
            public KeyValueIterator<String, byte[]> range(String from, String to) {
              throw new UnsupportedOperationException();
            }

            @Override
            public KeyValueIterator<String, byte[]> all() {
              throw new UnsupportedOperationException();
            }

            @Override
            public long approximateNumEntries() {
              return contents.size();
            }
          },
          digest,
          codecs.controls());

  private void put(Control control) {
    byte[] value = codecs.controls().encode(Topics.CONTROL, control);
    contents.put(control.key(), value);
    digest.take(control.key(), value);
  }

  private void lift(Control control) {
    contents.remove(control.key());
    digest.take(control.key(), null);
  }

  @Test
  void looksNothingUpWhileNothingIsPaused() {
    Task task = aTask().build();
    Control pause = new Control.DestinationPaused(new DestinationId("hook"), Instant.EPOCH);

    put(new Control.DeliveryCancelled(task.deliveryId(), 0, Instant.EPOCH));
    assertThat(view.pauseOf(task)).isEmpty();
    put(pause);
    lift(pause);
    assertThat(view.pauseOf(task)).isEmpty();

    assertThat(lookedUp).isEmpty();
  }

  @Test
  void looksUpOnlyAPauseThatCoversTheTask() {
    Task task = aTask().build();
    Control other = new Control.DestinationPaused(new DestinationId("other"), Instant.EPOCH);
    Control own = new Control.DestinationPaused(new DestinationId("hook"), Instant.EPOCH);

    put(other);
    assertThat(view.pauseOf(task)).isEmpty();
    put(own);
    assertThat(view.pauseOf(task)).contains(own.key());

    assertThat(lookedUp).containsExactly(own.key());
  }
}
