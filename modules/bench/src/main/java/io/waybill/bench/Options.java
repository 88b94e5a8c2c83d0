package io.waybill.bench;

import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What every benchmark can be told on the command line. */
final class Options {
  @Option(
      names = "--rounds",
      defaultValue = "5",
      description = "Measured rounds; medians are of these (default ${DEFAULT-VALUE}).")
  private int rounds;

  @Option(
      names = "--seconds",
      defaultValue = "0",
      description = "Length of one measured window; 0 is the benchmark's own length.")
  private int seconds;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Writes the figures with all rounds to a file.")
  private @Nullable Path json;

  @Option(
      names = "--destinations",
      defaultValue = "100",
      description = "Destinations, one port each (default ${DEFAULT-VALUE}).")
  private int destinations;

  @Option(
      names = "--partitions",
      defaultValue = "12",
      description = "Partitions of each topic (default ${DEFAULT-VALUE}).")
  private int partitions;

  @Option(
      names = "--payload-bytes",
      defaultValue = "1024",
      description = "Size of each payload (default ${DEFAULT-VALUE}).")
  private int payloadBytes;

  @Option(
      names = "--profile",
      paramLabel = "FOLDER",
      description = "Records what is measured with JFR, one file for each process; costs a little.")
  private @Nullable Path profile;

  private int lingerMillis = 10;
  private int ports;
  private boolean isInstallation;

  int rounds() {
    return rounds;
  }

  /** The given length of a window, or this one. */
  int seconds(int usual) {
    return seconds > 0 ? seconds : usual;
  }

  Optional<Path> json() {
    return Optional.ofNullable(json);
  }

  int destinations() {
    return destinations;
  }

  int partitions() {
    return partitions;
  }

  int payloadBytes() {
    return payloadBytes;
  }

  Optional<Path> profile() {
    return Optional.ofNullable(profile);
  }

  /** Receivers' ports: one for each destination, unless destinations share them. */
  int ports() {
    return ports > 0 ? ports : destinations;
  }

  /** Whether topics are as the service wants them; else what has been measured goes soon. */
  boolean isInstallation() {
    return isInstallation;
  }

  /** How long the load's producer waits for a batch to fill. */
  int lingerMillis() {
    return lingerMillis;
  }

  /** For benchmarks in which the service's own roles run, which look at their topics. */
  void asInstallation() {
    isInstallation = true;
  }

  /** For benchmarks whose figure is about so many destinations, and no others. */
  void of(int newDestinations, int newPorts) {
    destinations = newDestinations;
    ports = newPorts;
  }

  /** For benchmarks that need more partitions than usual. */
  void atLeastPartitions(int least) {
    partitions = Math.max(partitions, least);
  }

  /** For loads whose records must leave at once. */
  void withoutLinger() {
    lingerMillis = 0;
  }
}
