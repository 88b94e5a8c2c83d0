package io.waybill.client;

import io.waybill.domain.DeliveryStatus;
import io.waybill.wire.Codec;
import io.waybill.wire.Codecs;
import io.waybill.wire.HttpSchemaRegistry;
import io.waybill.wire.StatusJson;
import io.waybill.wire.UndecodableException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/**
 * Values of {@code waybill.status.json}, and of {@code waybill.status} when the consumer's
 * configuration names a {@code schema.registry.url}: for those who follow statuses with a consumer
 * group of their own, whose offsets say where they were. A tombstone (null) means that a delivery's
 * retention is over. Safe to share between threads once it is configured.
 */
public final class StatusDeserializer implements Deserializer<DeliveryStatus> {
  private static final String REGISTRY_URL = "schema.registry.url";

  private Optional<Codec<DeliveryStatus>> avro = Optional.empty();

  @Override
  public void configure(Map<String, ?> configs, boolean isKey) {
    if (configs.get(REGISTRY_URL) == null) {
      return;
    }
    Map<String, String> texts = new HashMap<>();
    configs.forEach((name, value) -> {
      if (value != null) {
        texts.put(name, value.toString());
      }
    });
    avro = Optional.of(new Codecs(new HttpSchemaRegistry(texts)).statuses());
  }

  /**
   * The status, null for a tombstone.
   *
   * @throws SerializationException when the bytes are no status, or Avro without a registry
   */
  @Override
  public @Nullable DeliveryStatus deserialize(String topic, byte @Nullable [] value) {
    if (value == null) {
      return null;
    }
    try {
      if (value.length > 0 && value[0] == '{') {
        return StatusJson.decode(value);
      }
      if (avro.isEmpty()) {
        throw new SerializationException(
            "the value is Avro, and no schema.registry.url is configured: configure it, or read"
                + " waybill.status.json");
      }
      return avro.get().decode(value);
    } catch (UndecodableException e) {
      throw new SerializationException(String.valueOf(e.getMessage()), e);
    }
  }
}
