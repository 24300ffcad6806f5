/** A text to learn tokens from, written for this page: small, with families of words as languages have them. */
export const CORPUS = `The lowest house of the village stood by the river, and the newest house stood on the hill. Between the lower road and the upper road lived a weaver, a baker and a teacher. The weaver was weaving all day, the baker was baking all night, and the teacher was teaching whoever wished to learn.

In the morning the children walked down the long road to the school. The taller children walked faster, the smaller children walked slower, and the smallest of all was carried. "Why is the river wider here and narrower there?" asked the smallest. "Water takes the widest way it finds," said the teacher. "Where the ground is harder the river is narrower, and where the ground is softer the river is wider."

The teacher had a box of letters. With the letters the children made words, and with the words they made sentences. "First look for letters that often stand together," said the teacher. "T and h stand together in the, in this, in that, in there and in then. Write them on one card. Now look again: th and e stand together. Write them on one card too. The more often you look, the longer the cards, and the fewer cards you need for a sentence."

The children looked and wrote, looked and wrote. After ten rounds they had cards for the, for and, for ing and for er. After a hundred rounds they had cards for river, for road, for teacher and for walking. "But there is no card for weaverless," said the smallest. "There is a card for weaver and a card for less," said the teacher. "With small cards you can write every word there is, and with large cards you write the usual words quickly."

In the evening the baker counted: 12 loaves on Monday, 15 loaves on Tuesday, 120 loaves before the holiday, 7 loaves after it. The weaver counted too: 3 coats, 30 coats, 300 threads. "Numbers are words that nobody has read before," said the teacher, "so numbers are written with the smallest cards."

When the winter came the days were shorter and the nights were longer, the coldest nights of the coldest year. The weaver's coats were warmer than the old coats, and the newer the coat the warmer it was. The baker's oven was the warmest place of the village. There the children were sitting and reading, reading and writing, and the older children were helping the younger children.

Some words were hard. Unhappy is not happy, unkind is not kind, unlikely is not likely, and unreadable cannot be read. "If you know the parts you know the word," said the teacher. "Un turns it around, able says that it can be done, er says who does it, est says that there is none above it. A reader reads, a writer writes, a walker walks, a learner learns. What is the highest of the highest? The highest. What is lower than the lowest? Nothing."

So the village learned, and whoever was walking by the river in that winter heard the children reading: low, lower, lowest; new, newer, newest; wide, wider, widest; the weaver, the baker, the teacher, the learner.

In spring the river rose. It rose to the lower road, it rose to the lower doors, and in one night it carried the bridge away. "We need a builder," said the baker. "We need a better bridge," said the weaver. "We need to think before building," said the teacher. So they were thinking, then they were drawing, then they were building. The builders worked from the earliest hour to the latest. They built with stones, since stones are stronger than wood, and they built higher than before, since high water comes again.

"How high is high enough?" asked the smallest, who was not so small any longer. "Nobody knows the highest water," said the builder. "But we know the water of the last 20 years: 3 feet, 4 feet, 11 feet, 5 feet. We build for 15, and we write on the bridge what we knew." That was remarkable, and it was workable, and it was readable: on the stone stood the numbers and the years.

The bridge was broader than the older bridge, and wagons were passing over it while walkers were passing beside them. Traders came from farther away and told of larger villages with taller towers. "Is a tower useful?" asked the children. "It is beautiful," said the trader, "and from above you see what is coming. A careful watcher is helpful, a careless watcher is useless. A hopeful watcher sees what is not there."

Then the children played at words again. Use, useful, useless, user, using; help, helpful, helpless, helper, helping; care, careful, careless, carer, caring. "Who makes the longest?" asked the oldest. "Unhelpfulness," said one. "Watcherlessness," said another, and they were laughing until the evening.`;
