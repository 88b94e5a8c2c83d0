package io.waybill.timer;

import io.waybill.domain.Control;
import io.waybill.domain.Task;
import io.waybill.wire.Codec;
import io.waybill.wire.UndecodableException;
import io.waybill.wire.UntilAvailable;
import java.util.Optional;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the control topic says now. Values are decoded when asked for: a poison one stops nothing.
 * Owned by the stream thread of its task, which reads what the global thread keeps up to date.
 */
final class ControlView {
  private static final Logger LOG = LoggerFactory.getLogger(ControlView.class);

  private final ReadOnlyKeyValueStore<String, byte[]> store;
  private final ControlDigest digest;
  private final Codec<Control> codec;

  ControlView(
      ReadOnlyKeyValueStore<String, byte[]> store, ControlDigest digest, Codec<Control> codec) {
    this.store = store;
    this.digest = digest;
    this.codec = codec;
  }

  /** Whether the task's delivery was cancelled in this generation or a later one. */
  boolean isCancelled(Task task) {
    return lookUp(Control.DeliveryCancelled.keyOf(task.deliveryId()))
        .filter(control ->
            control instanceof Control.DeliveryCancelled cancelled
                && task.generation() <= cancelled.generation())
        .isPresent();
  }

  /** The key of the pause that the task is to wait for, the widest first. */
  Optional<String> pauseOf(Task task) {
    if (!digest.hasPauses()) {
      // Asked about every task that is due: not even the keys are made.
      return Optional.empty();
    }
    return pauseOf(Control.TypePaused.keyOf(task.destinationType()))
        .or(() -> pauseOf(Control.OrganizationPaused.keyOf(task.organizationId())))
        .or(() -> pauseOf(Control.DestinationPaused.keyOf(task.destinationId())));
  }

  private Optional<String> pauseOf(String key) {
    return stands(key) ? Optional.of(key) : Optional.empty();
  }

  /** Whether a pause stands under this key. */
  boolean stands(String key) {
    return digest.mayPause(key) && lookUp(key).filter(Control.Paused.class::isInstance).isPresent();
  }

  private Optional<Control> lookUp(String key) {
    byte[] value = store.get(key);
    if (value == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(UntilAvailable.call(() -> codec.decode(value)));
    } catch (UndecodableException e) {
      // Not to be understood is not to be obeyed: the sender looks again before it sends.
      LOG.atWarn()
          .addKeyValue("key", key)
          .addKeyValue("problem", e.getMessage())
          .log("control record cannot be read and is ignored");
      return Optional.empty();
    }
  }
}
