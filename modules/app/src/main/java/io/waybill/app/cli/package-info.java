/**
 * The command line: one class for each command that talks to a running Waybill, over Kafka only.
 * Commands read compacted topics to their end, publish requests and commands, and wait for the
 * answer on the topic where the deciding topology gives it; they decide nothing themselves.
 *
 * <p>Results go to the command's output and everything else to its error output, so that a script
 * can take the output as it is. Exit codes are public API, see {@link ExitCodes}.
 */
@NullMarked
package io.waybill.app.cli;

import org.jspecify.annotations.NullMarked;
