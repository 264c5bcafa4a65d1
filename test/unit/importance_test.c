/*
 * Importance of features: sums over splits.
 */
#include "unit.h"

#include "core/boosting/importance.h"
#include "forests.h"

/* Two trees: one splits on features 2 and 0, the other on 2; the third feature is never asked for. */
static mi_forest_builder *
two_trees(mi_cover cover)
{
	mi_forest_builder *builder = mi_forest_builder_new(4, 1, MI_LINK_IDENTITY, cover);
	mi_tree_draft first = chain_draft(2);
	mi_tree_draft second = chain_draft(1);

	first.nodes[0].feature = 2;
	first.nodes[1].feature = 0;
	second.nodes[0].feature = 2;
	first.node_statistics[0] = (mi_forest_statistics){.gain = 7.5, .rows = 100.0, .hessian = 20.25};
	first.node_statistics[1] = (mi_forest_statistics){.gain = 1.25, .rows = 60.0, .hessian = 11.0};
	second.node_statistics[0] = (mi_forest_statistics){.gain = 3.0, .rows = 90.0, .hessian = 18.0};
	mi_forest_builder_add(builder, &first);
	mi_forest_builder_add(builder, &second);
	draft_release(&first);
	draft_release(&second);
	return builder;
}

MI_TEST(gains_splits_and_covers_add_up_by_feature)
{
	static const double gains[] = {1.25, 0.0, 10.5, 0.0};
	static const uint64_t splits[] = {1, 0, 2, 0};
	static const double covers[MI_COVERS][4] = {{60.0, 0.0, 190.0, 0.0}, {11.0, 0.0, 38.25, 0.0}};

	for (int cover = 0; cover < MI_COVERS; cover++)
	{
		mi_forest_builder *builder = two_trees((mi_cover) cover);
		mi_forest forest = mi_forest_built(builder, (double[]){0.0}, 1.0);
		mi_importance importance[4];

		memset(importance, 0xFF, sizeof(importance));
		mi_forest_importance(&forest, importance);
		for (int i = 0; i < 4; i++)
		{
			CHECK(importance[i].gain == gains[i]);
			CHECK_INT_EQ(importance[i].splits, splits[i]);
			CHECK(importance[i].cover == covers[cover][i]);
		}
		mi_forest_builder_release(builder);
	}
}
