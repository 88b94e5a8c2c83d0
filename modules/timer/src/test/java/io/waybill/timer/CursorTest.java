package io.waybill.timer;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.TaskId;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CursorTest {
  private static final TaskId TASK = new TaskId("0123456789abcdef0123456789abcdef");

  private final KeyValueStore<String, byte[]> store =
      Stores.keyValueStoreBuilder(
              Stores.inMemoryKeyValueStore("index"), Serdes.String(), Serdes.ByteArray())
          .withLoggingDisabled()
          .build();

  @BeforeEach
  void openStore() {
    store.init(new MockProcessorContext<>().getStateStoreContext(), store);
  }

  private static Bytes key(long dueMillis) {
    return ParkedKey.of(dueMillis, TASK, 0);
  }

  @Test
  void aRestartWalksOverAsManyTombstonesAsWereAllowed() {
    Cursor cursor = new Cursor(store, 1_000);
    cursor.join(ParkedKey.startOf(1_000_000));

    for (int i = 1; i <= 2_500; i++) {
      cursor.pass(key(i));
    }

    assertThat(new Cursor(store, 1_000).at()).isEqualTo(key(2_000));
  }

  @Test
  void whatIsParkedBeforeWhatIsKeptTakesItBack() {
    Cursor cursor = new Cursor(store, 1_000);
    cursor.join(ParkedKey.startOf(1_000_000));
    for (int i = 1; i <= 1_000; i++) {
      cursor.pass(key(i));
    }

    cursor.include(key(500));

    assertThat(cursor.at()).isEqualTo(key(500));
    assertThat(new Cursor(store, 1_000).at()).isEqualTo(key(500));
  }

  @Test
  void anIdleTimerWritesNothing() {
    Cursor cursor = new Cursor(store, 1_000);

    for (int i = 1; i <= 5_000; i++) {
      cursor.join(ParkedKey.startOf(i));
      cursor.catchUp();
    }

    assertThat(store.get(Cursor.KEY)).isNull();
  }
}
