package io.waybill.fanout;

import static io.waybill.fanout.Samples.CLINIC;
import static io.waybill.fanout.Samples.HOSPITAL;
import static io.waybill.fanout.Samples.destination;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.Destination;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationSelection;
import io.waybill.domain.FieldError;
import io.waybill.domain.RequestRules;
import io.waybill.wire.Codecs;
import io.waybill.wire.InMemorySchemaRegistry;
import io.waybill.wire.Topics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The table as the global store's processor fills it. */
class DestinationTableTest {
  private static final DestinationSelection DEFAULTS = new DestinationSelection.Defaults();

  private final InMemorySchemaRegistry registry = new InMemorySchemaRegistry();
  private final Codecs writer = new Codecs(registry);
  private final KeyValueStore<String, byte[]> store =
      Stores.keyValueStoreBuilder(
              Stores.inMemoryKeyValueStore(DestinationTableProcessor.STORE),
              Serdes.String(),
              Serdes.ByteArray())
          .withLoggingDisabled()
          .build();
  private MockProcessorContext<Void, Void> context;
  private DestinationTable table;
  private DestinationTableProcessor processor;

  @BeforeEach
  void start(@TempDir Path folder) {
    context = new MockProcessorContext<>(new Properties(), new TaskId(0, 0), folder.toFile());
    store.init(context.getStateStoreContext(), store);
    context.addStateStore(store);
    restart();
  }

  /** A new process: nothing but the store is left. */
  private void restart() {
    Codecs reader = new Codecs(registry);
    table = new DestinationTable(reader.destinations());
    processor = new DestinationTableProcessor(reader.destinations(), table);
    processor.init(context);
  }

  @Test
  void knowsDefaultsRightAfterARestart() {
    write(destination("a").asDefault());
    write(destination("b").asDefault());
    write(destination("c").of(CLINIC).asDefault());
    write(destination("d").asDefault().deleted());

    restart();

    assertThat(ids(table.resolve(HOSPITAL, DEFAULTS))).containsExactly("a", "b");
    assertThat(ids(table.resolve(CLINIC, DEFAULTS))).containsExactly("c");
  }

  @Test
  void followsChangesOfDefaults() {
    write(destination("a").asDefault());
    write(destination("a").asDefault().disabled().version(2));
    assertThat(table.resolve(HOSPITAL, DEFAULTS).good()).isEmpty();

    write(destination("a").asDefault().version(3));
    assertThat(ids(table.resolve(HOSPITAL, DEFAULTS))).containsExactly("a");

    write(destination("a").of(CLINIC).asDefault().version(4));
    assertThat(table.resolve(HOSPITAL, DEFAULTS).good()).isEmpty();
    assertThat(ids(table.resolve(CLINIC, DEFAULTS))).containsExactly("a");

    processor.process(new Record<>(bytes("a"), null, 0));
    assertThat(table.resolve(CLINIC, DEFAULTS).good()).isEmpty();
    assertThat(store.get("a")).isNull();
  }

  @Test
  void refusesMoreDefaultsThanARequestMayHave() {
    for (int i = 0; i <= RequestRules.MAX_DESTINATIONS; i++) {
      write(destination("d" + i).asDefault());
    }

    Resolution resolution = table.resolve(HOSPITAL, DEFAULTS);

    assertThat(resolution.good()).isEmpty();
    assertThat(resolution.mayAppear()).isFalse();
    assertThat(resolution.errors()).extracting(FieldError::field).containsExactly("destinations");
  }

  @Test
  void poisonNeverReachesTheStore() {
    write(destination("a").version(2));
    processor.process(new Record<>(bytes("a"), bytes("poison"), 0));
    processor.process(new Record<>(null, bytes("poison"), 0));

    restart();

    assertThat(table.resolve(HOSPITAL, named("a")).good())
        .extracting(Route::version)
        .containsExactly(2L);
  }

  @Test
  void survivesPoisonInTheStoreItself() {
    write(destination("a"));
    store.put("b", bytes("poison"));

    restart();

    assertThat(ids(table.resolve(HOSPITAL, named("a")))).containsExactly("a");
    assertThat(table.resolve(HOSPITAL, named("b")).mayAppear()).isTrue();
  }

  @Test
  void readsWhatCameWhileTheRegistryWasAwayWhenItIsNeeded() {
    byte[] value = encode(destination("a").asDefault().version(5));
    registry.setAvailable(false);
    processor.process(new Record<>(bytes("a"), value, 0));
    long before = table.changes();
    restart();

    registry.setAvailable(true);

    assertThat(before).isPositive();
    assertThat(ids(table.resolve(HOSPITAL, named("a")))).containsExactly("a");
    assertThat(ids(table.resolve(HOSPITAL, DEFAULTS))).containsExactly("a");
  }

  @Test
  void poisonThatCameWhileTheRegistryWasAwayReplacesNothing() {
    byte[] good = encode(destination("a").version(5));
    byte[] unknownSchema = {0, 0x7f, -1, -1, -1, 9};
    write(destination("a").version(4));
    registry.setAvailable(false);
    processor.process(new Record<>(bytes("a"), unknownSchema, 0));
    restart();
    processor.process(new Record<>(bytes("b"), good, 0));

    registry.setAvailable(true);

    assertThat(table.resolve(HOSPITAL, named("a")).good())
        .extracting(Route::version)
        .containsExactly(4L);
    assertThat(table.resolve(HOSPITAL, named("b")).good()).as("its key is not its id").isEmpty();
  }

  @Test
  void changesWithEveryRecord() {
    long before = table.changes();
    write(destination("a"));
    long after = table.changes();
    processor.process(new Record<>(bytes("a"), null, 0));

    assertThat(after).isGreaterThan(before);
    assertThat(table.changes()).isGreaterThan(after);
  }

  private void write(Samples.DestinationBuilder destination) {
    Destination built = destination.build();
    processor.process(new Record<>(bytes(built.id().value()), encode(destination), 0));
  }

  private byte[] encode(Samples.DestinationBuilder destination) {
    return writer.destinations().encode(Topics.DESTINATIONS, destination.build());
  }

  private static DestinationSelection named(String id) {
    return new DestinationSelection.Named(List.of(new DestinationId(id)));
  }

  private static List<String> ids(Resolution resolution) {
    return resolution.good().stream().map(route -> route.id().value()).toList();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
