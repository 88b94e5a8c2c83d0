package io.waybill.embedded;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.metadata.properties.MetaPropertiesEnsemble;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.Feature;

/** A broker's data folder: formatted once, then kept. For one thread. */
public final class BrokerFolder {
  private final Path folder;

  /** Touches nothing yet. */
  public BrokerFolder(Path folder) {
    this.folder = folder;
  }

  /** As below, with a new id and the node of the embedded broker. */
  String clusterIdFormattingIfNew() {
    return clusterIdFormattingIfNew(Uuid.randomUuid().toString(), BrokerSettings.NODE_ID);
  }

  /**
   * The cluster's id, from the folder or, when it is new, given to it now.
   *
   * @param newId for a new folder, which is formatted for this node
   * @throws IllegalStateException when it holds data and does not say whose
   * @throws UncheckedIOException when it cannot be read or written
   */
  public String clusterIdFormattingIfNew(String newId, int node) {
    Optional<String> existing = clusterId();
    if (existing.isPresent()) {
      return existing.orElseThrow();
    }
    refuseDataWithoutIdentity();
    format(newId, node);
    return newId;
  }

  private Optional<String> clusterId() {
    try {
      PrivateFolder.create(folder);
      MetaPropertiesEnsemble ensemble =
          new MetaPropertiesEnsemble.Loader()
              .addLogDirs(List.of(folder.toString()))
              .addMetadataLogDir(folder.toString())
              .load();
      if (!ensemble.errorLogDirs().isEmpty()) {
        throw new IllegalStateException(
            "The broker's folder "
                + folder
                + " has an unreadable "
                + MetaPropertiesEnsemble.META_PROPERTIES_NAME
                + ". Restore the folder, or choose another data folder.");
      }
      return ensemble.clusterId();
    } catch (IOException e) {
      throw new UncheckedIOException("The broker's folder cannot be read: " + folder, e);
    }
  }

  /** Formatting over existing partitions would orphan them under a new cluster id. */
  private void refuseDataWithoutIdentity() {
    if (Files.exists(folder.resolve("__cluster_metadata-0"))) {
      throw new IllegalStateException(
          "The broker's folder "
              + folder
              + " holds Kafka data but no "
              + MetaPropertiesEnsemble.META_PROPERTIES_NAME
              + ", so whose data it is cannot be told. Restore that file, or choose another data"
              + " folder.");
    }
  }

  private void format(String id, int node) {
    try (PrintStream quiet =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)) {
      // Left by a process that was killed while formatting; without meta.properties it is void.
      Files.deleteIfExists(folder.resolve("bootstrap.checkpoint"));
      new Formatter()
          .setPrintStream(quiet)
          .setSupportedFeatures(List.copyOf(Feature.PRODUCTION_FEATURES))
          .setNodeId(node)
          .setClusterId(id)
          .addDirectory(folder.toString())
          .setMetadataLogDirectory(folder.toString())
          .setControllerListenerName(BrokerSettings.CONTROLLER_LISTENER)
          .run();
    } catch (Exception e) { // declared so by Kafka
      throw new IllegalStateException(
          "The broker's folder cannot be formatted: " + folder + " (" + e.getMessage() + ")", e);
    }
  }
}
